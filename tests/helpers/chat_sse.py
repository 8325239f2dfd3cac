"""Streams as the providers send them: chunk builders, data files, and all ways to cut them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from callbacks.translate.context import ReplyContext
from callbacks.translate.reply_stream import ReplyStream

DATA = Path(__file__).resolve().parent.parent / "data" / "sse"
DONE = b"data: [DONE]\n\n"
USAGE = {
    "prompt_tokens": 136,
    "completion_tokens": 87,
    "prompt_tokens_details": {"cached_tokens": 128},
    "completion_tokens_details": {"reasoning_tokens": 59},
}


def recorded(name: str) -> bytes:
    """Return a stream of `tests/data/sse`; its comment lines are part of it."""
    return (DATA / f"{name}.txt").read_bytes()


def data(value: object) -> bytes:
    """Return one unnamed event."""
    return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"


def chunk(finish: str | None = None, usage: dict[str, Any] | None = None, **delta: Any) -> bytes:
    """Return one chunk of a chat completion with Cerebras' keys."""
    choice: dict[str, Any] = {"delta": delta, "index": 0}
    if finish:
        choice["finish_reason"] = finish
    value: dict[str, Any] = {
        "id": "chatcmpl-00000000-0000-4000-8000-000000000001",
        "choices": [choice],
        "created": 1790000000,
        "model": "zai-glm-4.7",
        "object": "chat.completion.chunk",
    }
    return data({**value, "usage": usage} if usage else value)


def zai_chunk(
    finish: str | None = None, usage: dict[str, Any] | None = None, **delta: Any
) -> bytes:
    """Return one chunk with Z.ai's keys: the role in every delta."""
    choice: dict[str, Any] = {"index": 0, "delta": {"role": "assistant", **delta}}
    if finish:
        choice["finish_reason"] = finish
    value: dict[str, Any] = {"id": "2026", "created": 1, "model": "glm-5.3", "choices": [choice]}
    return data({**value, "usage": usage} if usage else value)


def call(name: str, arguments: str, index: int | None = 0, call_id: str = "") -> dict[str, Any]:
    """Return one entry of a `tool_calls` array; empty parts are left out."""
    entry: dict[str, Any] = {"type": "function", "function": {"arguments": arguments}}
    if name:
        entry["function"]["name"] = name
    if call_id:
        entry["id"] = call_id
    if index is not None:
        entry["index"] = index
    return entry


def context(**fields: Any) -> ReplyContext:
    """Return a context with a few tools."""
    schemas = {
        "Read": {
            "type": "object",
            "properties": {"file_path": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["file_path"],
        },
        "Todo": {
            "type": "object",
            "properties": {"todos": {"type": "array", "items": {"type": "object"}}},
            "required": ["todos"],
        },
        "Now": {"type": "object", "properties": {}},
    }
    values: dict[str, Any] = {
        "requested_model": "claude-x",
        "message_id": "msg_test",
        "estimated_input_tokens": 100,
        "tool_schemas": schemas,
    }
    return ReplyContext(**{**values, **fields})


def run(stream: ReplyStream, *pieces: bytes) -> bytes:
    """Feed the pieces and the end, and return all events."""
    return b"".join([*(stream.feed(piece) for piece in pieces), stream.finish()])


@st.composite
def cuts(draw: st.DrawFn, whole: bytes, max_cuts: int = 12) -> list[bytes]:
    """Cut bytes anywhere, also inside characters; pieces may be empty."""
    places = draw(st.lists(st.integers(0, len(whole)), max_size=max_cuts))
    edges = [0, *sorted(places), len(whole)]
    return [whole[start:end] for start, end in pairwise(edges)]
