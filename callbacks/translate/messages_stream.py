"""Anthropic SSE of an upstream to Anthropic SSE for the client: repaired, renamed and merged per run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from callbacks.translate.context import OWN_SIGNATURE, ReplyContext
from callbacks.translate.endings import (
    messages_usage_of,
    stop_reason_of,
    upstream_error,
)
from callbacks.translate.events import RunKind
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import (
    JsonObject,
    as_count,
    as_object,
    as_text,
    objects_of,
    read_json,
    write_json,
)
from callbacks.translate.reply_stream import Sent
from callbacks.translate.sse_translator import SseTranslator
from callbacks.translate.stop_sequences import StopMatcher, cut_at_stop
from callbacks.translate.tool_arguments import is_cut_off, mend_call
from callbacks.translate.tool_calls import RawCall
from callbacks.translate.tool_ids import IdMint

_THOUGHTS = {"thinking", "redacted_thinking"}


class MessagesStream(SseTranslator):
    """Relay one streamed Anthropic message (a `ReplyStream`).

    Text and thinking go by what a delta is, not by the block it claims to be in; tool calls and blocks of other
    kinds are written whole.
    """

    def __init__(self, context: ReplyContext) -> None:
        super().__init__(context)
        self._reported: JsonObject = {}
        self._stop_reason = ""
        self._stop_sequence: str | None = None
        self._index = -1
        self._pending: dict[int, JsonObject] = {}
        self._calls: dict[int, RawCall] = {}
        self._unreadable: list[RawCall] = []
        self._calls_written = False
        self._stops = StopMatcher(context.stop_sequences) if context.stop_sequences else None

    @override
    def _take_all(self, payloads: list[bytes], *, at_end: bool) -> None:
        for payload in payloads:
            if payload.strip() == b"[DONE]":
                continue
            event = self._parse(payload, at_end=at_end)
            kind = event.get("type")
            if kind == "content_block_delta":
                self._take_delta(as_count(event.get("index")), as_object(event.get("delta")))
            elif kind == "content_block_start":
                self._start_block(
                    as_count(event.get("index")), as_object(event.get("content_block"))
                )
            elif kind == "content_block_stop":
                self._stop_block(as_count(event.get("index")))
            elif kind == "message_stop":
                self._conclude()
                return
            else:
                self._take_other(event)
            if self.done:
                return

    @override
    def _end(self) -> None:
        if not self._stop_reason or self._calls or self._pending:
            message = "the connection to the provider ended before the answer did"
            raise self._lost_end(message, pending=bool(self._calls or self._pending))
        self._conclude()

    def _take_other(self, event: JsonObject) -> None:
        kind = event.get("type")
        if kind == "message_start":
            message = as_object(event.get("message"))
            self._reported = as_object(message.get("usage"))
            self._writer.message_id = as_text(message.get("id")) or self._context.message_id
            self._writer.usage = messages_usage_of(self._reported, self._context, 0)
        elif kind == "message_delta":
            delta = as_object(event.get("delta"))
            self._stop_reason = as_text(delta.get("stop_reason")) or self._stop_reason
            self._stop_sequence = as_text(delta.get("stop_sequence")) or self._stop_sequence
            usage = as_object(event.get("usage"))
            self._reported = {**self._reported, **{key: n for key, n in usage.items() if n}}
        elif fault := upstream_error(event):
            raise fault

    def _start_block(self, index: int, block: JsonObject) -> None:
        kind = block.get("type")
        self._release()
        self._writer.close()
        self._index = index
        if kind == "tool_use":
            call = RawCall(id=as_text(block.get("id")), name=as_text(block.get("name")))
            if given := as_object(block.get("input")):
                call.pieces.append(write_json(given))
            self._calls[index] = call
        elif kind == "text":
            self._write_text("text", as_text(block.get("text")))
        elif kind == "thinking":
            self._writer.add("thinking", as_text(block.get("thinking")))
            self._sign(as_text(block.get("signature")))
        else:
            self._pending[index] = {"block": _tagged(block, self._context), "deltas": []}

    def _take_delta(self, index: int, delta: JsonObject) -> None:
        kind = delta.get("type")
        if kind == "text_delta":
            self._add_text(index, "text", as_text(delta.get("text")))
        elif kind == "thinking_delta":
            self._add_text(index, "thinking", as_text(delta.get("thinking")))
        elif kind == "input_json_delta":
            self._add_arguments(index, as_text(delta.get("partial_json")))
        elif kind == "signature_delta":
            self._sign(as_text(delta.get("signature")))
        elif index in self._pending:
            self._pending[index]["deltas"].append(delta)
        else:
            self._writer.delta(delta)

    def _add_text(self, index: int, kind: RunKind, text: str) -> None:
        if index != self._index:
            # Blocks that overlap become blocks one after the other.
            self._release()
            self._writer.close()
            self._index = index
        self._write_text(kind, text)

    def _write_text(self, kind: RunKind, text: str) -> None:
        if self._stops is None or kind != "text":
            self._writer.add(kind, text)
            return
        self._writer.add("text", self._stops.feed(text))
        if self._stops.found is not None:
            self._writer.close()
            usage = messages_usage_of(self._reported, self._context, self._writer.text_length)
            self._close("stop_sequence", self._stops.found, usage)

    def _release(self) -> None:
        """Show what was held back as a possible stop sequence: none reaches over another block."""
        if self._stops is not None and (held := self._stops.finish()):
            self._writer.add("text", held)

    def _add_arguments(self, index: int, piece: str) -> None:
        if index in self._pending and piece:
            delta = {"type": "input_json_delta", "partial_json": piece}
            self._pending[index]["deltas"].append(delta)
        elif index not in self._pending:
            self._calls.setdefault(index, RawCall()).pieces.append(piece)

    def _sign(self, signature: str) -> None:
        if signature:
            self._writer.sign(self._context.signature_tag + signature)

    def _stop_block(self, index: int) -> None:
        self._release()
        if (call := self._calls.pop(index, None)) is not None:
            if is_cut_off(call.arguments):
                # Whether the output limit cut it is known at the end only.
                self._unreadable.append(call)
            else:
                self._write_call(call)
        elif (pending := self._pending.pop(index, None)) is not None:
            self._writer.block(pending["block"], pending["deltas"])
        else:
            self._writer.close()

    def _write_call(self, call: RawCall) -> None:
        name, arguments = mend_call(call.name, call.arguments, self._context)
        self._writer.tool(self._ids.claim(call.id), name, arguments)
        self._calls_written = True

    def _conclude(self) -> None:
        self._release()
        for index in sorted({*self._calls, *self._pending}):
            self._stop_block(index)
        self._writer.close()
        calls = self._calls_written or bool(self._unreadable)
        stop = self._stop_reason or ("tool_use" if calls else "end_turn")
        if stop != "stop_sequence":
            stop = stop_reason_of(stop, calls=calls, sent=self._writer.sent)
        for call in self._unreadable:
            if stop != "max_tokens":
                self._write_call(call)
            elif call.name:
                self._writer.tool(self._ids.claim(call.id), call.name, call.arguments)
        length = self._writer.text_length
        usage = messages_usage_of(self._reported, self._context, length)
        self._close(stop, self._stop_sequence if stop == "stop_sequence" else None, usage)


def mend_message(message: Mapping[str, Any], context: ReplyContext) -> JsonObject:
    """Return a non-streaming Anthropic answer of an upstream with name, ids, tool calls and usage put right.

    Raises:
        ReplyFault: The answer is an error object, empty, or cannot be repaired.
    """
    if fault := upstream_error(message):
        raise fault
    if not message.get("stop_reason"):
        raise ReplyFault("empty", "the provider answered without an answer", retry=True)
    ids = IdMint(context.message_id, context.used_tool_ids)
    content = [
        mended
        for block in objects_of(message.get("content"))
        if (mended := _mended(block, context, ids))
    ]
    content, met = _cut_at_stop(content, context)
    kinds = {as_text(block.get("type")) for block in content}
    stop = "stop_sequence" if met else as_text(message.get("stop_reason"))
    if stop != "stop_sequence":
        thought = bool(kinds & _THOUGHTS)
        said = bool(kinds - _THOUGHTS - {"tool_use"})
        sent: Sent = "content" if said else "thinking" if thought else "nothing"
        stop = stop_reason_of(stop, calls="tool_use" in kinds, sent=sent)
    usage = messages_usage_of(as_object(message.get("usage")), context, len(write_json(content)))
    return {
        "id": as_text(message.get("id")) or context.message_id,
        "type": "message",
        "role": "assistant",
        "model": context.requested_model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": (met or message.get("stop_sequence")) if stop == "stop_sequence" else None,
        "usage": usage.as_anthropic(),
    }


def _cut_at_stop(
    content: list[JsonObject], context: ReplyContext
) -> tuple[list[JsonObject], str | None]:
    """Return the blocks up to the first stop sequence that is ours to enforce, and the sequence."""
    for position, block in enumerate(content):
        if block.get("type") == "text" and context.stop_sequences:
            text, met = cut_at_stop(as_text(block.get("text")), context.stop_sequences)
            if met is not None:
                last = [{**block, "text": text}] if text.strip() else []
                return content[:position] + last, met
    return content, None


def _mended(block: JsonObject, context: ReplyContext, ids: IdMint) -> JsonObject:
    """Return a block as the client should have it, empty for one to be left out."""
    kind = block.get("type")
    if kind == "tool_use":
        given = block.get("input")
        text = given if isinstance(given, str) else write_json(as_object(given))
        name, arguments = mend_call(as_text(block.get("name")), text, context)
        arguments = as_object(read_json(arguments or "{}"))
        call_id = ids.claim(as_text(block.get("id")))
        return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}
    if kind == "text":
        return block if as_text(block.get("text")).strip() else {}
    if kind == "thinking":
        signature = as_text(block.get("signature"))
        signed = context.signature_tag + signature if signature else OWN_SIGNATURE
        return {**block, "signature": signed} if as_text(block.get("thinking")).strip() else {}
    return _tagged(block, context)


def _tagged(block: JsonObject, context: ReplyContext) -> JsonObject:
    """Return encrypted thinking with the provider's mark; other blocks as they are."""
    if block.get("type") != "redacted_thinking":
        return block
    return {**block, "data": context.signature_tag + as_text(block.get("data"))}
