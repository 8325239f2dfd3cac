"""Writing Anthropic stream events in the one order that clients accept.

Blocks get dense indexes and never overlap; text joins text and thinking joins thinking until `take` is
called, so the number of events depends on how often one looks, not on the provider's chunks.
"""

from __future__ import annotations

from typing import Any, Literal

import orjson

from callbacks.translate.context import OWN_SIGNATURE, ReplyContext
from callbacks.translate.json_values import JsonObject, sound
from callbacks.translate.reply_stream import Sent, Usage

RunKind = Literal["text", "thinking"]

_STARTS: dict[RunKind, bytes] = {
    "text": b'{"type":"text","text":""}',
    "thinking": b'{"type":"thinking","thinking":"","signature":""}',
}
_DELTAS: dict[RunKind, bytes] = {
    "text": b'{"type":"text_delta","text":%b}',
    "thinking": b'{"type":"thinking_delta","thinking":%b}',
}


def render_event(kind: str, data: object) -> bytes:
    """Return one named server-sent event with JSON data."""
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), orjson.dumps(data))


def render_text(text: str) -> bytes:
    """Return the text as a JSON string; a lone surrogate half becomes the replacement character."""
    try:
        return orjson.dumps(text)
    except TypeError:
        return orjson.dumps(sound(text))


class EventWriter:
    """Collect the events of one answer.

    Attributes:
        message_id: Id in `message_start`; may be set until the first event.
        usage: Usage in `message_start`; may be set until the first event.
        sent: What the events written so far have given away.
        run_kind: What the texts in `run` are; a fast path may append to `run` itself when the kind is the same.
        run: Texts of one kind not yet written.
        text_length: Characters of text, thinking and tool arguments so far.
    """

    def __init__(self, context: ReplyContext) -> None:
        self.message_id = context.message_id
        self.usage = Usage(context.estimated_input_tokens)
        self.sent: Sent = "nothing"
        self.run_kind: RunKind = "text"
        self.run: list[str] = []
        self.text_length = 0
        self._model = context.requested_model
        self._out: list[bytes] = []
        self._started = False
        self._index = -1
        self._open: str | None = None
        self._signature = ""

    def add(self, kind: RunKind, text: str) -> None:
        """Add text to the answer; a block of blank text only is never opened."""
        if kind != self.run_kind:
            self._flush()
            self.run.clear()
            self.run_kind = kind
        self.run.append(text)

    def sign(self, signature: str) -> None:
        """Give the open thinking block the signature it closes with."""
        self._flush()
        self._signature = signature

    def delta(self, delta: dict[str, Any]) -> None:
        """Write a delta as it is into the open block; without one it is dropped."""
        self._flush()
        if self._open is not None:
            self._write_delta(orjson.dumps(delta))

    def tool(self, call_id: str, name: str, arguments: str) -> None:
        """Write a whole tool call; the arguments are the JSON text of an object."""
        block: JsonObject = {"type": "tool_use", "id": call_id, "name": name, "input": {}}
        self.block(block, [{"type": "input_json_delta", "partial_json": arguments}])
        self.text_length += len(name) + len(arguments)

    def block(self, block: dict[str, Any], deltas: list[dict[str, Any]]) -> None:
        """Write a whole block of any kind."""
        self.close()
        self._begin("other", orjson.dumps(block))
        for delta in deltas:
            self._write_delta(orjson.dumps(delta))
        self._end_block()
        self.sent = "content"

    def close(self) -> None:
        """Close the open block, if any; held blank text is dropped."""
        self._flush()
        self.run.clear()
        self._end_block()
        self._signature = ""

    def stop(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None:
        """Write the end of the answer."""
        self.close()
        self._start()
        data = {
            "type": "message_delta",
            "delta": {"stop_reason": stop_reason, "stop_sequence": stop_sequence},
            "usage": usage.as_anthropic(),
        }
        self._out.append(render_event("message_delta", data))
        self._out.append(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')
        self.sent = "content"

    def take(self) -> bytes:
        """Return the events written since the last call."""
        self._flush(hold_half=True)
        out = b"".join(self._out)
        self._out.clear()
        return out

    def discard(self) -> None:
        """Forget everything; only for an answer of which nothing was taken."""
        self._out.clear()
        self.run.clear()
        self.sent = "nothing"

    def _flush(self, *, hold_half: bool = False) -> None:
        if not self.run:
            return
        text = "".join(self.run)
        kind = self.run_kind
        if hold_half and "\ud800" <= text[-1:] <= "\udbff":
            # The other half of the character is in the next chunk.
            text, half = text[:-1], [text[-1]]
        else:
            half = []
        if self._open != kind:
            if not text or text.isspace():
                self.run[:] = [text, *half]
                return
            self._end_block()
            self._begin(kind, _STARTS[kind])
            if kind == "text":
                self.sent = "content"
            elif self.sent == "nothing":
                self.sent = "thinking"
        self.run[:] = half
        if text:
            self.text_length += len(text)
            self._write_delta(_DELTAS[kind] % render_text(text))

    def _begin(self, kind: str, block: bytes) -> None:
        self._start()
        self._open = kind
        self._index += 1
        self._out.append(
            b"event: content_block_start\n"
            b'data: {"type":"content_block_start","index":%d,"content_block":%b}\n\n'
            % (self._index, block)
        )

    def _write_delta(self, delta: bytes) -> None:
        self._out.append(
            b"event: content_block_delta\n"
            b'data: {"type":"content_block_delta","index":%d,"delta":%b}\n\n' % (self._index, delta)
        )

    def _end_block(self) -> None:
        if self._open is None:
            return
        if self._open == "thinking":
            signature = render_text(self._signature or OWN_SIGNATURE)
            self._write_delta(b'{"type":"signature_delta","signature":%b}' % signature)
        self._signature = ""
        self._open = None
        self._out.append(
            b"event: content_block_stop\n"
            b'data: {"type":"content_block_stop","index":%d}\n\n' % self._index
        )

    def _start(self) -> None:
        if self._started:
            return
        self._started = True
        message: JsonObject = {
            "id": self.message_id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": self.usage.as_anthropic(),
        }
        self._out.append(
            render_event("message_start", {"type": "message_start", "message": message})
        )
