"""Prompts of known size for the benchmarks: a short one, and one as long as a late Claude Code turn."""

from __future__ import annotations

from typing import Any

BLOCKS = 200
TOOLS = 40
BLOCK_CHARS = 2000
_LINE = "def handler(request): return respond(request, status=200)  # line of a long file\n"


def short_prompt(number: int) -> dict[str, Any]:
    """Return the parts of a small request: a system text and one exchange."""
    return {
        "system": "You are a coding assistant. Be brief.",
        "messages": [
            {"role": "user", "content": f"Hello {number}."},
            {"role": "assistant", "content": "Hello. What shall we do?"},
        ],
    }


def long_prompt(number: int) -> dict[str, Any]:
    """Return the parts of a request of about 400 KB: 200 tool blocks of history and 40 tools."""
    filler = (_LINE * (BLOCK_CHARS // len(_LINE) + 1))[:BLOCK_CHARS]
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": f"Session {number}: look around."}
    ]
    for index in range(BLOCKS):
        call_id = f"toolu_{number}_{index}"
        call = {
            "type": "tool_use",
            "id": call_id,
            "name": f"tool_{index % TOOLS}",
            "input": {"path": f"/src/file_{index}.py"},
        }
        result = {"type": "tool_result", "tool_use_id": call_id, "content": filler}
        messages += [
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
    messages.append({"role": "assistant", "content": "Seen."})
    return {
        "system": "You are a coding assistant. Be brief.",
        "messages": messages,
        "tools": [_tool(index) for index in range(TOOLS)],
    }


def _tool(index: int) -> dict[str, Any]:
    return {
        "name": f"tool_{index}",
        "description": "Read a part of a file and return it with line numbers. " * 4,
        "input_schema": {
            "type": "object",
            "properties": {"path": {"type": "string"}, "offset": {"type": "integer"}},
            "required": ["path"],
            "additionalProperties": False,
        },
    }
