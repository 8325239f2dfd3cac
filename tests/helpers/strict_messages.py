"""A judge of Anthropic histories, as strict as an endpoint may be: turns alternate, every call has its result."""

from __future__ import annotations

from typing import Any


def messages_problems(messages: list[dict[str, Any]]) -> list[str]:
    """Return what a strict Messages endpoint would refuse in the `messages` of a request."""
    found: list[str] = []
    waiting: list[str] = []
    seen: set[str] = set()
    for index, message in enumerate(messages):
        expected = "assistant" if index % 2 else "user"
        if message["role"] != expected:
            found.append(f"{message['role']} out of turn")
        blocks = message["content"]
        found += (
            [what for block in blocks for what in _block_problems(block)] if blocks else ["empty"]
        )
        kinds = [block["type"] == "tool_result" for block in blocks]
        if kinds != sorted(kinds, reverse=True):
            found.append("tool_result after other blocks")
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if sorted(results) != sorted(waiting):
            found.append(f"{results} do not answer {waiting}")
        waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
        if seen & set(waiting) or len(set(waiting)) < len(waiting):
            found.append("a tool id twice")
        seen.update(waiting)
    return [*found, "calls without result"] if waiting else found


def _block_problems(block: dict[str, Any]) -> list[str]:
    if block["type"] == "text" and not block["text"].strip():
        return ["blank text"]
    if block["type"] == "tool_result" and not block["content"]:
        return ["empty result"]
    return []
