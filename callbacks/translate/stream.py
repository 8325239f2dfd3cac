"""Chat-completions SSE to Anthropic SSE, one object per response."""

from __future__ import annotations

from callbacks.translate.chat_message import THINKING_KEYS, text_of, thinking_of
from callbacks.translate.context import ReplyContext
from callbacks.translate.endings import stop_reason_of, upstream_error, usage_of
from callbacks.translate.events import EventWriter
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import (
    JsonObject,
    as_object,
    as_text,
    objects_of,
    read_json,
)
from callbacks.translate.reply_stream import Sent, Usage
from callbacks.translate.sse import SseReader
from callbacks.translate.stop_sequences import StopMatcher, silent_stop
from callbacks.translate.token_template import TokenTemplate
from callbacks.translate.tool_arguments import is_cut_off, mend_call
from callbacks.translate.tool_calls import CallCollector, RawCall
from callbacks.translate.tool_ids import IdMint

_DONE = b"[DONE]"
# What the delta of a chunk may hold, so that the chunk can serve as a template for others.
_QUIET_DELTA_KEYS = frozenset({"role", "content", *THINKING_KEYS})


class ChatStream:
    """Translate one streamed chat completion (a `ReplyStream`).

    Tool calls are written whole: only then can they be repaired, and never interleave.
    """

    def __init__(self, context: ReplyContext) -> None:
        self.sent: Sent = "nothing"
        self.done = False
        self.fault: ReplyFault | None = None
        self.usage = Usage(context.estimated_input_tokens)
        self.stop_reason: str | None = None
        self._context = context
        self._reader = SseReader()
        self._writer = EventWriter(context)
        self._calls = CallCollector()
        self._ids = IdMint(context.message_id, context.used_tool_ids)
        self._stops = StopMatcher(context.stop_sequences) if context.stop_sequences else None
        self._text_for_stops: list[str] | None = [] if context.sent_stop_sequences else None
        self._reported: JsonObject = {}
        self._finish_reason = ""
        self._calls_written = False
        self._templates = {key: TokenTemplate(key, "thinking") for key in THINKING_KEYS}
        if self._stops is None and self._text_for_stops is None:
            self._templates["content"] = TokenTemplate("content", "text")
        self._template = self._templates[THINKING_KEYS[0]]

    def feed(self, data: bytes) -> bytes:
        """Take what arrived and return the events it makes, possibly none."""
        if self.done or self.fault:
            return b""
        try:
            self._take_all(self._reader.feed(data))
        except ReplyFault as fault:
            return self._break_off(fault)
        return self._hand_out()

    def finish(self) -> bytes:
        """Say that the upstream ended, and return the last events."""
        if self.done or self.fault:
            return b""
        try:
            self._take_all(self._reader.finish(), at_end=True)
            self._end("the connection to the provider ended before the answer did")
        except ReplyFault as fault:
            return self._break_off(fault)
        return self._hand_out()

    def _hand_out(self) -> bytes:
        out = self._writer.take()
        self.sent = self._writer.sent
        return out

    def _break_off(self, fault: ReplyFault) -> bytes:
        self.fault = fault
        if self.sent == "nothing":
            # What came with the fault in the same bytes was never seen: another provider may still answer.
            self._writer.discard()
            return b""
        return self._hand_out()

    def _take_all(self, payloads: list[bytes], *, at_end: bool = False) -> None:
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

    def _take(self, payload: bytes, *, at_end: bool) -> None:
        if payload.strip() == _DONE:
            self._end("the provider ended the answer without saying why")
            return
        for template in self._templates.values():
            text = template.text_of(payload)
            if text is not None:
                self._template = template
                self._writer.add(template.kind, text)
                return
        try:
            chunk = as_object(read_json(payload))
        except ValueError:
            raise _unreadable(at_end=at_end) from None
        self._take_chunk(chunk, payload)

    def _take_chunk(self, chunk: JsonObject, payload: bytes) -> None:
        if fault := upstream_error(chunk):
            raise fault
        if usage := as_object(chunk.get("usage")):
            self._reported = usage
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
        if self.done:
            return
        if fragments := objects_of(delta.get("tool_calls")):
            self._release()
            for fragment in fragments:
                self._calls.add(fragment)
            self._write_calls(self._calls.take_whole())

    def _release(self) -> None:
        """Show what was held back as a possible stop sequence: none reaches over another block."""
        if self._stops is not None and (held := self._stops.finish()):
            self._writer.add("text", held)

    def _take_text(self, text: str) -> None:
        if self._text_for_stops is not None:
            self._text_for_stops.append(text)
        if self._stops is None:
            self._writer.add("text", text)
            return
        self._writer.add("text", self._stops.feed(text))
        if self._stops.found is not None:
            self._close("stop_sequence", self._stops.found)

    def _learn(self, payload: bytes, delta: JsonObject) -> None:
        texts = {key: value for key, value in delta.items() if value and key != "role"}
        if len(texts) != 1:
            return
        key, text = next(iter(texts.items()))
        template = self._templates.get(key)
        if template is not None and isinstance(text, str):
            template.learn(payload, text)

    def _end(self, message: str) -> None:
        if self._finish_reason:
            self._conclude()
            return
        if self._reader.strange:
            raise ReplyFault("garbled", "the provider sent no event stream", retry=True)
        nothing = self._writer.sent == "nothing" and not self._writer.run and self._calls.is_empty
        raise ReplyFault("empty" if nothing else "cut", message, retry=True)

    def _conclude(self) -> None:
        self._release()
        self._writer.close()
        calls = self._calls.take_rest()
        any_call = bool(calls) or self._calls_written
        stop = stop_reason_of(self._finish_reason, calls=any_call, sent=self._writer.sent)
        self._write_calls(calls, cut_off=stop == "max_tokens")
        named = None
        if stop == "end_turn" and self._text_for_stops:
            named = silent_stop("".join(self._text_for_stops), self._context.sent_stop_sequences)
        self._close("stop_sequence" if named else stop, named)

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

    def _close(self, stop_reason: str, stop_sequence: str | None) -> None:
        self._writer.close()
        self.usage = usage_of(self._reported, self._context, self._writer.text_length)
        self.stop_reason = stop_reason
        self._writer.stop(stop_reason, stop_sequence, self.usage)
        self.done = True


def _unreadable(*, at_end: bool) -> ReplyFault:
    if at_end:
        return ReplyFault("cut", "the answer of the provider ended in mid-word", retry=True)
    return ReplyFault("garbled", "the provider sent an unreadable piece of the answer", retry=True)
