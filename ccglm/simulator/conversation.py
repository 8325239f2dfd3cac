"""One view of a request, whichever of the two wire formats it came in.

Reads `messages`, `system`, `tools`, `tool_choice` of an OpenAI chat completion or an Anthropic
message body. Never fails: a body that makes no sense gives an empty conversation, because refusing
is the business of the provider's checks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = dict[str, Any]


@dataclass(frozen=True)
class Conversation:
    """What the auto-actor and the script need to know about a request."""

    last_user_text: str = ""
    """Text of the last user turn that has any; tool results do not count."""
    tool_results: tuple[str, ...] = ()
    """Texts of the tool results that end the conversation; empty when a user text ends it."""
    system_text: str = ""
    tools: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    """Parameter schemas of the offered tools by name."""
    forced_tool: str | None = None
    """Tool that must be called; the empty string means any."""
    all_text: str = ""


def records(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON list; nothing for anything else."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            if isinstance(item, dict):
                yield cast("dict[str, Any]", item)


def part_text(content: object) -> str:
    """Return the text of a content value: a string, or the text parts of a list, one a line."""
    if isinstance(content, str):
        return content
    texts = (part.get("text") for part in records(content))
    return "\n".join(text for text in texts if isinstance(text, str))


def read_conversation(body: Mapping[str, Any]) -> Conversation:
    """Read an OpenAI or Anthropic request body."""
    last_user = ""
    results: list[str] = []
    system = [part_text(body.get("system"))]
    everything: list[str] = []
    for message in records(body.get("messages")):
        role = message.get("role")
        text = part_text(message.get("content"))
        everything.append(text)
        if role in ("system", "developer"):
            system.append(text)
        elif role == "tool":
            results.append(text)
        elif role == "user":
            found = _tool_results(message.get("content"))
            results = [*results, *found] if found else []
            if text.strip() and not (found and last_user):
                last_user = text
        else:
            results = []
    return Conversation(
        last_user_text=last_user,
        tool_results=tuple(results),
        system_text="\n".join(filter(None, system)),
        tools=dict(_tools(body)),
        forced_tool=_forced_tool(body.get("tool_choice")),
        all_text="\n".join([*system, *everything]),
    )


def _tool_results(content: object) -> list[str]:
    return [
        part_text(part.get("content"))
        for part in records(content)
        if part.get("type") == "tool_result"
    ]


def _tools(body: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    for tool in records(body.get("tools")):
        function = tool.get("function")
        spec = cast("dict[str, Any]", function) if isinstance(function, dict) else tool
        name = spec.get("name")
        schema = spec.get("parameters") or spec.get("input_schema")
        if isinstance(name, str):
            yield name, cast("Schema", schema) if isinstance(schema, dict) else {}


def _forced_tool(choice: object) -> str | None:
    if choice in ("required", "any"):
        return ""
    if not isinstance(choice, dict):
        return None
    spec = cast("dict[str, Any]", choice)
    if spec.get("type") == "any":
        return ""
    function = spec.get("function")
    named = cast("dict[str, Any]", function) if isinstance(function, dict) else spec
    name = named.get("name")
    return name if isinstance(name, str) else None
