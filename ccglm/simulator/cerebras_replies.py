"""Cerebras' success bodies: whole and as a stream.

Shapes from recorded traffic (2026-04 to 2026-08): keys that do not apply are absent, never null;
usage and time_info ride on the finish chunk with or without `stream_options`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ccglm.simulator.events import Events, Frame
from ccglm.simulator.speech import fragments

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.reply import ToolCall, Usage
    from ccglm.simulator.speech import Speech

_FINGERPRINT = "fp_0123456789abcdef0123"


@dataclass(frozen=True)
class Identity:
    """What every chunk of one completion repeats; `created_at` is Unix time in seconds."""

    model: str
    created_at: float
    id: str = ""

    @classmethod
    def new(cls, model: str, created_at: float) -> Identity:
        """Return an identity with a fresh id."""
        return cls(model=model, created_at=created_at, id=f"chatcmpl-{uuid.uuid4()}")


def new_call_id() -> str:
    """Return a tool call id as Cerebras makes them: nine hex characters."""
    return uuid.uuid4().hex[:9]


def whole_body(speech: Speech, who: Identity, usage: Usage) -> bytes:
    """Return the body of a completion that is not streamed."""
    reply = speech.reply
    message: dict[str, Any] = {}
    if reply.thinking:
        message["reasoning"] = reply.thinking
    message["role"] = "assistant"
    if reply.text or not (reply.tool_calls or reply.thinking):
        message["content"] = reply.text
    if reply.tool_calls:
        message["tool_calls"] = [
            _without_empty_id(
                {
                    "function": {"name": call.name, "arguments": call.arguments},
                    "id": _id_of(call),
                    "type": "function",
                }
            )
            for call in reply.tool_calls
        ]
    return orjson.dumps(
        {
            "id": who.id,
            "choices": [{"finish_reason": reply.finish_reason, "index": 0, "message": message}],
            "created": int(who.created_at),
            "model": who.model,
            "system_fingerprint": _FINGERPRINT,
            "object": "chat.completion",
            "usage": usage_body(usage),
            "time_info": _time_info(who, usage),
        }
    )


def usage_body(usage: Usage) -> dict[str, Any]:
    """Return the `usage` object."""
    return {
        "total_tokens": usage.total_tokens,
        "completion_tokens": usage.completion_tokens,
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
            "reasoning_tokens": usage.reasoning_tokens,
        },
        "prompt_tokens": usage.prompt_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def _time_info(who: Identity, usage: Usage) -> dict[str, float]:
    return {
        "created": who.created_at,
        "queue_time": 0.0005,
        "prompt_time": 0.004,
        "completion_time": round(usage.completion_tokens / 1_500, 6),
        "total_time": round(0.0045 + usage.completion_tokens / 1_500, 6),
    }


def stream_events(speech: Speech, who: Identity, usage: Usage, knobs: Knobs) -> Events:
    """Render the stream of a completion once; every piece is one token and one event."""
    head = b'data: {"id":' + orjson.dumps(who.id) + b',"choices":[{"delta":'
    rest = orjson.dumps(
        {
            "created": int(who.created_at),
            "model": who.model,
            "system_fingerprint": _FINGERPRINT,
            "object": "chat.completion.chunk",
        }
    )[1:-1]
    tail = b',"index":0}],' + rest + b"}\n\n"
    events = Events()
    events.add("start", head + b'{"role":"assistant"}' + tail)
    _add_words(events, speech, head, tail, joined=knobs.changeover == "joined")
    for deltas in _tool_deltas(speech.reply.tool_calls, knobs):
        tokens = max(1, sum(len(str(delta)) for delta in deltas) // 12)
        events.add("tool", head + orjson.dumps({"tool_calls": deltas}) + tail, tokens)
    finish = b'{},"finish_reason":' + orjson.dumps(speech.reply.finish_reason) + b',"index":0}],'
    numbers = orjson.dumps({"usage": usage_body(usage), "time_info": _time_info(who, usage)})[1:]
    events.add("finish", head + finish + rest + b"," + numbers + b"\n\n")
    events.add("done", b"data: [DONE]\n\n")
    return events


def _add_words(events: Events, speech: Speech, head: bytes, tail: bytes, *, joined: bool) -> None:
    reasoning = Frame(head + b'{"reasoning":', b"}" + tail)
    content = Frame(head + b'{"content":', b"}" + tail)
    thinking, text = speech.thinking, speech.text
    both = joined and len(thinking) > 1 and bool(text)
    events.add_words("thinking", reasoning, thinking[:-1] if both else thinking)
    if both:
        first, last = text[0], thinking[len(thinking) - 1]
        delta = orjson.dumps({"content": first, "reasoning": last})
        events.add("text", head + delta + tail, 2)
    events.add_words("text", content, text[1:] if both else text)


def _tool_deltas(calls: tuple[ToolCall, ...], knobs: Knobs) -> list[list[dict[str, Any]]]:
    """Return the `tool_calls` lists of the chunks, in order."""
    if knobs.tool_args == "whole":
        whole = [_delta(index, call, call.arguments) for index, call in enumerate(calls)]
        if knobs.guess.tool_calls_in_one_chunk:
            return [whole] if whole else []
        return [[delta] for delta in whole]
    chunks: list[list[dict[str, Any]]] = []
    for index, call in enumerate(calls):
        chunks.append([_delta(index, call, "")])
        chunks.extend(
            [{"function": {"arguments": part}, "type": "function", "index": index}]
            for part in fragments(call.arguments)
        )
    return chunks


def _delta(index: int, call: ToolCall, arguments: str) -> dict[str, Any]:
    return _without_empty_id(
        {
            "function": {"name": call.name, "arguments": arguments},
            "type": "function",
            "id": _id_of(call),
            "index": index,
        }
    )


def _id_of(call: ToolCall) -> str:
    return new_call_id() if call.id is None else call.id


def _without_empty_id(call: dict[str, Any]) -> dict[str, Any]:
    """Leave the key out when the id is empty: a fault some scenarios ask for."""
    if call["id"] == "":
        del call["id"]
    return call
