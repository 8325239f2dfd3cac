"""Chat-completions SSE to Anthropic SSE, one object per response."""

from __future__ import annotations

from typing_extensions import override

from callbacks.translate.chat_message import THINKING_KEYS, text_of, thinking_of
from callbacks.translate.context import ReplyContext
from callbacks.translate.endings import stop_reason_of, upstream_error, usage_of
from callbacks.translate.json_values import JsonObject, as_object, as_text, objects_of
from callbacks.translate.sse_translator import SseTranslator
from callbacks.translate.stop_sequences import StopMatcher, silent_stop
from callbacks.translate.token_template import TokenTemplate
from callbacks.translate.tool_arguments import is_cut_off, mend_call
from callbacks.translate.tool_calls import CallCollector, RawCall

_DONE = b"[DONE]"
# What the delta of a chunk may hold, so that the chunk can serve as a template for others.
_QUIET_DELTA_KEYS = frozenset({"role", "content", *THINKING_KEYS})


class ChatStream(SseTranslator):
    """Translate one streamed chat completion (a `ReplyStream`).

    Tool calls are written whole: only then can they be repaired, and never interleave.
    """

    def __init__(self, context: ReplyContext) -> None:
        super().__init__(context)
        self._calls = CallCollector()
        self._calls_written = False
        self._reported: JsonObject = {}
        self._finish_reason = ""
        self._stops = StopMatcher(context.stop_sequences) if context.stop_sequences else None
        self._texts: list[str] | None = [] if context.sent_stop_sequences else None
        self._templates = {key: TokenTemplate(key, "thinking") for key in THINKING_KEYS}
        if self._stops is None and self._texts is None:
            self._templates["content"] = TokenTemplate("content", "text")
        self._template = self._templates[THINKING_KEYS[0]]

    @override
    def _take_all(self, payloads: list[bytes], *, at_end: bool) -> None:
        writer = self._writer
        template = self._template
        for payload in payloads:
            text = template.text_of(payload)
            if text is None:
                self._take(payload, at_end=at_end)
                if self.done:
                    return
                template = self._template
            elif writer.run_kind == template.kind:
                writer.run.append(text)
            else:
                writer.add(template.kind, text)

    @override
    def _end(self) -> None:
        self._end_without("the connection to the provider ended before the answer did")

    def _take(self, payload: bytes, *, at_end: bool) -> None:
        for template in self._templates.values():
            text = template.text_of(payload)
            if text is not None:
                self._template = template
                self._writer.add(template.kind, text)
                return
        if payload.strip() == _DONE:
            self._end_without("the provider ended the answer without saying why")
            return
        self._take_chunk(self._parse(payload, at_end=at_end), payload)

    def _take_chunk(self, chunk: JsonObject, payload: bytes) -> None:
        if fault := upstream_error(chunk):
            raise fault
        usage = as_object(chunk.get("usage"))
        self._reported = usage or self._reported
        choices = objects_of(chunk.get("choices"))
        if choices:
            choice = choices[0]
            # A whole completion where a stream was due has `message` instead of `delta`.
            delta = as_object(choice.get("delta")) or as_object(choice.get("message"))
            self._take_delta(delta)
            self._finish_reason = as_text(choice.get("finish_reason")) or self._finish_reason
            if not usage and not self._finish_reason and delta.keys() <= _QUIET_DELTA_KEYS:
                self._learn(payload, delta)
        if self._finish_reason and self._reported and not self.done:
            self._conclude()

    def _take_delta(self, delta: JsonObject) -> None:
        if thinking := thinking_of(delta):
            self._release()
            self._writer.add("thinking", thinking)
        if text := text_of(delta):
            self._take_text(text)
        fragments = objects_of(delta.get("tool_calls"))
        if fragments and not self.done:
            self._release()
            for fragment in fragments:
                self._calls.add(fragment)
            self._write_calls(self._calls.take_whole())

    def _take_text(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)
        if self._stops is None:
            self._writer.add("text", text)
            return
        self._writer.add("text", self._stops.feed(text))
        if self._stops.found is not None:
            self._end_answer("stop_sequence", self._stops.found)

    def _release(self) -> None:
        """Show what was held back as a possible stop sequence: none reaches over another block."""
        if self._stops is not None and (held := self._stops.finish()):
            self._writer.add("text", held)

    def _learn(self, payload: bytes, delta: JsonObject) -> None:
        texts = {key: value for key, value in delta.items() if value and key != "role"}
        if len(texts) != 1:
            return
        key, text = next(iter(texts.items()))
        template = self._templates.get(key)
        if template is not None and isinstance(text, str):
            template.learn(payload, text)

    def _end_without(self, message: str) -> None:
        if not self._finish_reason:
            raise self._lost_end(message, pending=not self._calls.is_empty)
        self._conclude()

    def _conclude(self) -> None:
        self._release()
        self._writer.close()
        calls = self._calls.take_rest()
        any_call = bool(calls) or self._calls_written
        stop = stop_reason_of(self._finish_reason, calls=any_call, sent=self._writer.sent)
        self._write_calls(calls, cut_off=stop == "max_tokens")
        named = None
        if stop == "end_turn" and self._texts:
            named = silent_stop("".join(self._texts), self._context.sent_stop_sequences)
        self._end_answer("stop_sequence" if named else stop, named)

    def _write_calls(self, calls: list[RawCall], *, cut_off: bool = False) -> None:
        for call in calls:
            if cut_off and is_cut_off(call.arguments):
                # Clients know a call that the output limit cut by its unreadable arguments.
                name, arguments = self._context.tool_names.get(call.name, call.name), call.arguments
                if not name:
                    continue
            else:
                name, arguments = mend_call(call.name, call.arguments, self._context)
            self._writer.tool(self._ids.claim(call.id), name, arguments)
            self._calls_written = True

    def _end_answer(self, stop_reason: str, stop_sequence: str | None) -> None:
        self._writer.close()
        usage = usage_of(self._reported, self._context, self._writer.text_length)
        self._close(stop_reason, stop_sequence, usage)
