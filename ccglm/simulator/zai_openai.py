"""Z.ai's success bodies on its two OpenAI surfaces: whole and as a stream.

Shapes from recorded traffic (2026-07 and 2026-08): the role in every delta, `finish_reason` absent
until the last chunk, usage on the last chunk together with its choices.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ccglm.simulator.events import Events, Frame
from ccglm.simulator.speech import fragments

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.reply import ToolCall, Usage
    from ccglm.simulator.speech import Speech


@dataclass(frozen=True)
class ZaiIdentity:
    """What one completion repeats; `created_at` is Unix time in seconds."""

    id: str
    model: str
    created_at: float


def new_call_id() -> str:
    """Return a tool call id as Z.ai makes them."""
    return f"call_{secrets.token_hex(8)}"


def id_of(call: ToolCall) -> str:
    """Return the call's id: the scripted one, or a fresh one."""
    return new_call_id() if call.id is None else call.id


def whole_body(speech: Speech, who: ZaiIdentity, usage: Usage) -> bytes:
    """Return the body of a completion that is not streamed."""
    reply = speech.reply
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.thinking:
        message["reasoning_content"] = reply.thinking
    if reply.tool_calls:
        message["tool_calls"] = [
            _call(index, call, call.arguments) for index, call in enumerate(reply.tool_calls)
        ]
    choice = {"index": 0, "finish_reason": reply.finish_reason, "message": message}
    return orjson.dumps(
        {
            "id": who.id,
            "request_id": who.id,
            "created": int(who.created_at),
            "object": "chat.completion",
            "model": who.model,
            "choices": [choice],
            "usage": usage_body(usage),
        }
    )


def usage_body(usage: Usage) -> dict[str, Any]:
    """Return the `usage` object."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def stream_events(
    speech: Speech, who: ZaiIdentity, usage: Usage, knobs: Knobs, *, tool_stream: bool
) -> Events:
    """Render the stream once.

    Args:
        speech: What is said.
        who: What each chunk repeats.
        usage: Token counts for the last chunk.
        knobs: Tell how tool calls are cut.
        tool_stream: The request's `tool_stream`: arguments in fragments.
    """
    identity = {
        "id": who.id,
        "created": int(who.created_at),
        "object": "chat.completion.chunk",
        "model": who.model,
    }
    base = b"data: " + orjson.dumps(identity)[:-1] + b',"choices":[{"index":0,'
    head, tail = base + b'"delta":{"role":"assistant",', b"}}]}\n\n"
    events = Events()
    events.add_words("thinking", Frame(head + b'"reasoning_content":', tail), speech.thinking)
    events.add_words("text", Frame(head + b'"content":', tail), speech.text)
    fragmented = tool_stream or knobs.tool_args == "fragments"
    for deltas in _tool_deltas(speech.reply.tool_calls, knobs, fragmented=fragmented):
        tokens = max(1, sum(len(str(delta)) for delta in deltas) // 12)
        events.add("tool", head + b'"tool_calls":' + orjson.dumps(deltas) + tail, tokens)
    finish = b'"finish_reason":' + orjson.dumps(speech.reply.finish_reason)
    last = b',"delta":{"role":"assistant","content":""}}],"usage":'
    events.add("finish", base + finish + last + orjson.dumps(usage_body(usage)) + b"}\n\n")
    events.add("done", b"data: [DONE]\n\n")
    return events


def _tool_deltas(
    calls: tuple[ToolCall, ...], knobs: Knobs, *, fragmented: bool
) -> list[list[dict[str, Any]]]:
    if not fragmented:
        whole = [_call(index, call, call.arguments) for index, call in enumerate(calls)]
        if knobs.guess.tool_calls_in_one_chunk:
            return [whole] if whole else []
        return [[delta] for delta in whole]
    chunks: list[list[dict[str, Any]]] = []
    for index, call in enumerate(calls):
        first = _call(index, call, "")
        repeated = {"type": "function"} if knobs.guess.zai_fragment_keys == "all" else {}
        if repeated and "id" in first:
            repeated["id"] = first["id"]
        chunks.append([first])
        chunks.extend(
            [{"index": index, **repeated, "function": {"arguments": part}}]
            for part in fragments(call.arguments)
        )
    return chunks


def _call(index: int, call: ToolCall, arguments: str) -> dict[str, Any]:
    call_id = id_of(call)
    return {
        **({"id": call_id} if call_id else {}),
        "index": index,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }
