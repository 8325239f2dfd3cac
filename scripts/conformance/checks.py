"""Is this an answer the client understands? Anthropic's own SDK types, and the rules of the event order.

Every function returns the problems it found as sentences; an empty list is a clean answer. The rules are
what Claude Code 2.1.329 was seen to need (2026-11-20), not only what the types say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import pydantic
from anthropic.types import (
    Message,
    RawContentBlockDeltaEvent,
    RawContentBlockStartEvent,
    RawContentBlockStopEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    RawMessageStopEvent,
)
from anthropic.types.shared import ErrorResponse

from scripts.conformance.reply import Event, Json, Reply, assemble, obj, objs

EVENT_TYPES: dict[str, type[pydantic.BaseModel]] = {
    "message_start": RawMessageStartEvent,
    "content_block_start": RawContentBlockStartEvent,
    "content_block_delta": RawContentBlockDeltaEvent,
    "content_block_stop": RawContentBlockStopEvent,
    "message_delta": RawMessageDeltaEvent,
    "message_stop": RawMessageStopEvent,
}
DELTAS: dict[str, tuple[str, ...]] = {
    "text": ("text_delta", "citations_delta"),
    "thinking": ("thinking_delta", "signature_delta"),
    "tool_use": ("input_json_delta",),
    "server_tool_use": ("input_json_delta",),
}
ERROR_TYPES = {
    "invalid_request_error", "authentication_error", "billing_error", "permission_error", "not_found_error",
    "rate_limit_error", "timeout_error", "api_error", "overloaded_error", "request_too_large",
}  # fmt: skip
# What no message for people may contain: class names, traces, paths, keys, markup.
LEAKS = re.compile(
    r"litellm|traceback|(?-i:\b[A-Z]\w*(?:Error|Exception)\b)|File \"|site-packages|/home/|/usr/|\.py\b|\.js:\d|"
    r"sk-[a-z0-9]|<html|<body|api_key=|received model group|available model group",
    re.IGNORECASE,
)


def sdk_problems(model: type[pydantic.BaseModel], value: object, what: str) -> list[str]:
    """Return what the SDK's type says against the value, at most three things."""
    try:
        model.model_validate(value)
    except pydantic.ValidationError as err:
        found = [e for e in err.errors() if _concerns(e["loc"], value)] or err.errors()
        return [f"{what}: {'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in found[:3]]
    return []


def _concerns(path: tuple[int | str, ...], value: object) -> bool:
    """Return whether a problem belongs to the member of a union that the value claims to be.

    Pydantic tries every member: of a broken tool call it also says what it lacks to be a text block. The
    members stand in the path by class name (`ToolUseBlock`), the value says its `type` (`tool_use`).
    """
    for step in path:
        if isinstance(step, str) and step[:1].isupper():
            return step.lower().startswith(str(obj(value).get("type")).replace("_", ""))
        value = _item(value, step)
    return True


def _item(value: object, step: int | str) -> object:
    if isinstance(step, int):
        return cast("list[object]", value)[step] if isinstance(value, list) else None
    return obj(value).get(step)


def message_problems(message: Json) -> list[str]:
    """Return what is wrong with a whole Anthropic message."""
    problems = sdk_problems(Message, message, "message")
    content = objs(message.get("content"))
    for position, block in enumerate(content):
        problems += _block_problems(position, block)
    ids = [block.get("id") for block in content if block.get("type") == "tool_use"]
    if len(set(ids)) != len(ids):
        problems.append(f"tool ids repeat: {ids}")
    if not message.get("stop_reason"):
        problems.append("there is no stop_reason")
    if bool(ids) != (message.get("stop_reason") == "tool_use"):
        problems.append(f"{len(ids)} tool calls with stop_reason {message.get('stop_reason')}")
    return problems


def _block_problems(position: int, block: Json) -> list[str]:
    match block.get("type"):
        case "text" if not str(block.get("text") or "").strip():
            return [f"block {position} is an empty text block"]
        case "thinking" if not block.get("thinking"):
            return [f"block {position} is an empty thinking block"]
        case "tool_use":
            problems = [] if block.get("id") else [f"block {position} has no tool id"]
            if not block.get("name"):
                problems.append(f"block {position} has no tool name")
            if not isinstance(block.get("input"), dict):
                problems.append(f"block {position} has an input that is no JSON object")
            return problems
        case _:
            return []


class StreamOrder:
    """Walks through the events of one stream and notes what is out of order."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._started = False
        self._delta = False
        self._ended = False
        self._open: tuple[int, str] | None = None
        self._next_index = 0
        self._steps: dict[str, Callable[[Json], None]] = {
            "message_start": self._message_start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }

    def take(self, event: Event) -> None:
        """Look at the next event."""
        if event.data is None:
            self.problems.append(f"data is not a JSON object: {event.text[:60]!r}")
            return
        if event.name != event.type:
            self.problems.append(f"event line {event.name!r} with data of type {event.type!r}")
        if event.type in ("ping", "error"):
            return
        if event.type not in EVENT_TYPES:
            self.problems.append(f"unknown event {event.type!r}")
            return
        self.problems += sdk_problems(EVENT_TYPES[event.type], event.data, event.type)
        if self._ended:
            self.problems.append(f"{event.type} after message_stop")
        if not self._started and event.type != "message_start":
            self.problems.append(f"{event.type} before message_start")
        self._steps[event.type](event.data)

    def finish(self) -> None:
        """Say what is missing at the end of the stream."""
        if not self._started:
            self.problems.append("no message_start")
        if self._open is not None:
            self.problems.append(f"block {self._open[0]} was never stopped")
        if not self._delta:
            self.problems.append("no message_delta")
        if not self._ended:
            self.problems.append("no message_stop")

    def _message_start(self, data: Json) -> None:
        if self._started:
            self.problems.append("a second message_start")
        self._started = True
        if obj(data.get("message")).get("content"):
            self.problems.append("message_start carries content")

    def _block_start(self, data: Json) -> None:
        index, block = data.get("index"), obj(data.get("content_block"))
        if self._open is not None:
            self.problems.append(f"block {index} starts while block {self._open[0]} is open")
        if index != self._next_index:
            self.problems.append(f"block index {index}, expected {self._next_index}")
        if self._delta:
            self.problems.append("a block starts after message_delta")
        if block.get("type") == "tool_use" and block.get("input"):
            self.problems.append("content_block_start carries the tool's input")
        self._open = (int(index or 0), str(block.get("type")))
        self._next_index = int(index or 0) + 1

    def _block_delta(self, data: Json) -> None:
        kind = str(obj(data.get("delta")).get("type"))
        if self._open is None or data.get("index") != self._open[0]:
            self.problems.append(f"{kind} for block {data.get('index')}, which is not open")
        elif kind not in DELTAS.get(self._open[1], ()):
            self.problems.append(f"{kind} in a {self._open[1]} block")

    def _block_stop(self, data: Json) -> None:
        if self._open is None or data.get("index") != self._open[0]:
            self.problems.append(f"stop of block {data.get('index')}, which is not open")
        self._open = None

    def _message_delta(self, _data: Json) -> None:
        if self._open is not None:
            self.problems.append(f"message_delta while block {self._open[0]} is open")
        self._delta = True

    def _message_stop(self, _data: Json) -> None:
        if not self._delta:
            self.problems.append("message_stop without message_delta")
        self._ended = True


def stream_problems(events: list[Event]) -> list[str]:
    """Return what is wrong with a complete stream: framing, order, types, and the message it amounts to."""
    order = StreamOrder()
    for event in events:
        order.take(event)
    order.finish()
    problems = order.problems
    if any(event.type == "error" for event in events):
        problems.append("the stream carries an error event")
    return problems or message_problems(assemble(events))


def broken_stream_problems(events: list[Event]) -> list[str]:
    """Return what is wrong with a stream that had to end in an `error` event."""
    order = StreamOrder()
    for event in events:
        order.take(event)
    problems = order.problems
    if not events or events[-1].type != "error":
        last = events[-1].type if events else "nothing"
        return [*problems, f"the last event is {last}, not error"]
    if any(event.type in ("message_delta", "message_stop") for event in events):
        problems.append("the stream claims a regular end")
    return problems + error_problems(events[-1].data)


def error_problems(envelope: Json | None) -> list[str]:
    """Return what is wrong with an Anthropic error envelope."""
    error = obj((envelope or {}).get("error"))
    kind, message = error.get("type"), error.get("message")
    if isinstance(kind, str) and kind not in ERROR_TYPES:
        problems = [f"error envelope: {kind!r} is no error type of the API"]
    else:
        problems = sdk_problems(ErrorResponse, envelope, "error envelope")
    if not isinstance(message, str) or not message.strip():
        problems.append("error envelope: no message")
    elif message.lstrip().startswith(("{", "[{")):
        problems.append("error envelope: the message is JSON, not a sentence")
    return problems


def leaks(reply: Reply) -> list[str]:
    """Return what an error message shows that is nobody's business: class names, traces, paths, keys."""
    return sorted({found.group(0) for found in LEAKS.finditer(reply.error_message)})
