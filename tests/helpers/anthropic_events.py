"""A judge of Anthropic event streams: the SDK's own types, and the order rules that clients rely on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from anthropic.types import Message, RawMessageStreamEvent
from pydantic import TypeAdapter

EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
MESSAGE: TypeAdapter[Any] = TypeAdapter(Message)

DELTA_FIELDS = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("thinking", "signature"),
    "input_json_delta": ("tool_use", "partial_json"),
}


@dataclass
class Reply:
    """What a client makes of a stream."""

    message: dict[str, Any] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    stop_reason: str | None = None
    stop_sequence: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    complete: bool = False
    pings: int = 0
    deltas: int = 0
    error: dict[str, Any] | None = None

    def texts(self, kind: str = "text") -> list[str]:
        """Return the texts of the blocks of one kind."""
        return [block[kind] for block in self.blocks if block["type"] == kind]

    def calls(self) -> list[tuple[str, Any]]:
        """Return name and input of each tool call."""
        return [(b["name"], json.loads(b["json"])) for b in self.blocks if b["type"] == "tool_use"]


def parse_events(raw: bytes) -> list[dict[str, Any]]:
    """Split a stream into its events; every event must have a name that is its type."""
    events: list[dict[str, Any]] = []
    assert raw == b"" or raw.endswith(b"\n\n"), "the stream ends inside an event"
    for piece in raw.decode().split("\n\n")[:-1]:
        name, data = piece.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        events.append(event)
    return events


def read_reply(raw: bytes, *, must_end: bool = True) -> Reply:
    """Read a stream as a strict client would, and fail where it breaks a rule."""
    reply = Reply()
    opened = False
    for event in parse_events(raw):
        assert not reply.complete, "something follows message_stop"
        assert reply.error is None, "something follows an error"
        kind = event["type"]
        if kind == "ping":
            reply.pings += 1
            continue
        if kind == "error":
            assert set(event["error"]) == {"type", "message"}
            reply.error = event["error"]
            continue
        EVENT.validate_python(event)
        if kind == "message_start":
            assert not reply.message, "a second message_start"
            reply.message = event["message"]
            MESSAGE.validate_python(reply.message)
            reply.usage = dict(reply.message["usage"])
            continue
        assert reply.message, f"{kind} before message_start"
        if kind.startswith("content_block"):
            assert reply.stop_reason is None, "content after message_delta"
            opened = _read_block_event(event, reply, opened=opened)
        elif kind == "message_delta":
            assert not opened, "message_delta inside a block"
            assert reply.stop_reason is None, "a second message_delta"
            reply.stop_reason = event["delta"]["stop_reason"]
            reply.stop_sequence = event["delta"]["stop_sequence"]
            reply.usage.update(event["usage"])
        else:
            assert kind == "message_stop"
            assert reply.stop_reason is not None, "message_stop before message_delta"
            reply.complete = True
    if must_end:
        assert reply.complete, f"no message_stop: {raw!r}"
    return reply


def _read_block_event(event: dict[str, Any], reply: Reply, *, opened: bool) -> bool:
    kind = event["type"]
    if kind == "content_block_start":
        assert not opened, "two blocks open"
        assert event["index"] == len(reply.blocks), "the indexes are not dense"
        reply.blocks.append({**event["content_block"], "json": ""})
        return True
    assert opened, f"{kind} without an open block"
    assert event["index"] == len(reply.blocks) - 1
    block = reply.blocks[-1]
    if kind == "content_block_stop":
        _check_block(block)
        return False
    reply.deltas += 1
    delta = event["delta"]
    wanted = DELTA_FIELDS.get(delta["type"])
    if wanted is None:
        return True
    assert block["type"] == wanted[0] or block["type"] == "server_tool_use"
    key = "json" if wanted[1] == "partial_json" else wanted[1]
    assert delta[wanted[1]], "an empty delta"
    block[key] += delta[wanted[1]]
    return True


def _check_block(block: dict[str, Any]) -> None:
    if block["type"] == "text":
        assert block["text"].strip(), "a blank text block"
    if block["type"] == "thinking":
        assert block["thinking"].strip(), "a blank thinking block"
        assert block["signature"], "thinking without a signature"
    if block["type"] == "tool_use":
        assert block["id"]
        assert block["name"]
        assert block["input"] == {}
