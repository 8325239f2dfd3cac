"""Names of the tools an answer calls, from Anthropic events or a message; nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from callbacks.translate.json_values import as_object, as_text, objects_of

_MARK = b'"tool_use"'
_DATA = b"data:"


def tools_in_events(events: bytes) -> tuple[str, ...]:
    """Return the names of the tools whose calls begin in whole SSE events, one for each call."""
    # Nearly every piece of a stream has none; looking for the mark costs less than a microsecond.
    return tuple(_starts(events)) if _MARK in events else ()


def tools_in_message(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the tools that a whole message calls, one for each call."""
    return tuple(
        as_text(block.get("name"))
        for block in objects_of(message.get("content"))
        if block.get("type") == "tool_use"
    )


def _starts(events: bytes) -> Iterator[str]:
    for line in events.split(b"\n"):
        if not line.startswith(_DATA) or _MARK not in line:
            continue
        try:
            event = as_object(orjson.loads(line[len(_DATA) :]))
        except orjson.JSONDecodeError:
            continue
        block = as_object(event.get("content_block"))
        if event.get("type") == "content_block_start" and block.get("type") == "tool_use":
            yield as_text(block.get("name"))
