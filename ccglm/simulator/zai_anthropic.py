"""Z.ai's success bodies on its Anthropic surface: whole and as a stream.

Event order and usage fields from a capture of 2026-01-03: zeros in `message_start`, real counts in
`message_delta`. Every event is named; there is no [DONE].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from ccglm.simulator.events import EventKind, Events, Frame
from ccglm.simulator.speech import fragments
from ccglm.simulator.zai_openai import ZaiIdentity, id_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.reply import Reply, ToolCall, Usage
    from ccglm.simulator.speech import Speech

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
_SIGNATURE = "c2ltdWxhdGVkLXNpZ25hdHVyZQ=="


def stop_reason(reply: Reply) -> str:
    """Return the Anthropic stop reason; reasons Anthropic does not have are passed as they are."""
    if reply.stop_sequence is not None:
        return "stop_sequence"
    return _STOP_REASONS.get(reply.finish_reason, reply.finish_reason)


def usage_body(usage: Usage) -> dict[str, Any]:
    """Return the `usage` object; cached tokens are not part of `input_tokens`."""
    return {
        "input_tokens": usage.prompt_tokens - usage.cached_tokens,
        "output_tokens": usage.completion_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "server_tool_use": {"web_search_requests": 0},
        "service_tier": "standard",
    }


def whole_body(speech: Speech, who: ZaiIdentity, usage: Usage) -> bytes:
    """Return the body of a message that is not streamed."""
    reply = speech.reply
    content: list[dict[str, Any]] = []
    if reply.thinking:
        content.append({"type": "thinking", "thinking": reply.thinking, "signature": _SIGNATURE})
    if reply.text:
        content.append({"type": "text", "text": reply.text})
    content.extend(_tool_block(call, _parsed(call)) for call in reply.tool_calls)
    return orjson.dumps(
        {
            "id": f"msg_{who.id}",
            "type": "message",
            "role": "assistant",
            "model": who.model,
            "content": content,
            "stop_reason": stop_reason(reply),
            "stop_sequence": reply.stop_sequence,
            "usage": usage_body(usage),
        }
    )


def _parsed(call: ToolCall) -> object:
    """Return the arguments as the block's input; text that is not JSON stays text."""
    try:
        return orjson.loads(call.arguments or "{}")
    except orjson.JSONDecodeError:
        return call.arguments


def _tool_block(call: ToolCall, arguments: object) -> dict[str, Any]:
    call_id = id_of(call)
    identity = {"id": call_id} if call_id else {}
    return {"type": "tool_use", **identity, "name": call.name, "input": arguments}


def stream_events(speech: Speech, who: ZaiIdentity, usage: Usage, knobs: Knobs) -> Events:
    """Render the stream of a message once; every piece is one token and one event."""
    reply = speech.reply
    events = Events()
    events.add("start", _event("message_start", {"message": _empty_message(who)}))
    events.add("start", _event("ping", {}))
    index = 0
    if speech.thinking:
        block = {"type": "thinking", "thinking": ""}
        if knobs.guess.zai_thinking_start == "signature":
            block["signature"] = ""
        _open(events, "thinking", index, block)
        _words(events, "thinking", index, ("thinking_delta", "thinking"), speech.thinking)
        signature = {"type": "signature_delta", "signature": _SIGNATURE}
        events.add("thinking", _delta(index, signature))
        _close(events, "thinking", index)
        index += 1
    if speech.text:
        _open(events, "text", index, {"type": "text", "text": ""})
        _words(events, "text", index, ("text_delta", "text"), speech.text)
        _close(events, "text", index)
        index += 1
    for position, call in enumerate(reply.tool_calls, start=index):
        _tool(events, position, call, fragmented=knobs.tool_args == "fragments")
    ending = {"stop_reason": stop_reason(reply), "stop_sequence": reply.stop_sequence}
    events.add("finish", _event("message_delta", {"delta": ending, "usage": usage_body(usage)}))
    events.add("done", _event("message_stop", {}))
    return events


def _event(name: str, fields: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: ".encode() + orjson.dumps({"type": name, **fields}) + b"\n\n"


def _empty_message(who: ZaiIdentity) -> dict[str, Any]:
    return {
        "id": f"msg_{who.id}",
        "type": "message",
        "role": "assistant",
        "model": who.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def _open(events: Events, kind: EventKind, index: int, block: dict[str, Any]) -> None:
    fields = {"index": index, "content_block": block}
    events.add(kind, _event("content_block_start", fields))


def _delta(index: int, delta: dict[str, Any]) -> bytes:
    return _event("content_block_delta", {"index": index, "delta": delta})


def _close(events: Events, kind: EventKind, index: int) -> None:
    events.add(kind, _event("content_block_stop", {"index": index}))


def _words(
    events: Events, kind: EventKind, index: int, names: tuple[str, str], words: Sequence[str]
) -> None:
    """Add one delta per word; `names` are the delta's type and its text key."""
    empty = _delta(index, {"type": names[0], names[1]: ""})
    events.add_words(kind, Frame(empty[: empty.rindex(b'""')], b"}}\n\n"), words)


def _tool(events: Events, index: int, call: ToolCall, *, fragmented: bool) -> None:
    _open(events, "tool", index, _tool_block(call, {}))
    parts = fragments(call.arguments) if fragmented else [call.arguments]
    for part in parts:
        delta = {"type": "input_json_delta", "partial_json": part}
        events.add("tool", _delta(index, delta), max(1, len(part) // 4))
    _close(events, "tool", index)
