"""One view of a request, whichever of the two wire formats it came in.

Reads `messages`, `system`, `tools`, `tool_choice` of an OpenAI chat completion or an Anthropic
message body. Never fails: a body that makes no sense gives an empty conversation, because refusing
is the business of the provider's checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = dict[str, Any]


_NOTE = re.compile(r"<(system-reminder|operator_note)>.*?</\1>", re.DOTALL)


@dataclass(frozen=True)
class Conversation:
    """What the auto-actor and the script need to know about a request."""

    last_user_text: str = ""
    """Texts of the last turn in which the user said something; tool results do not count."""
    tool_results: tuple[str, ...] = ()
    """Texts of the tool results that came after the last assistant message."""
    system_text: str = ""
    tools: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    """Parameter schemas of the offered tools by name."""
    forced_tool: str | None = None
    """Tool that must be called; the empty string means any."""
    answer_schema: Schema | None = None
    """Schema the answer must fit; None when plain text is asked for."""
    all_text: str = ""

    @property
    def user_words(self) -> str:
        """The last user text without the notes that clients and gateways put into it."""
        return words_of(self.last_user_text)


def words_of(text: str) -> str:
    """Return a user text without reminders and operator notes."""
    return _NOTE.sub("", text).strip()


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
    turns = _Turns()
    for message in records(body.get("messages")):
        turns.add(message)
    system = list(filter(None, [part_text(body.get("system")), *turns.system]))
    return Conversation(
        last_user_text=turns.last_user_text,
        tool_results=tuple(turns.results),
        system_text="\n".join(system),
        tools=dict(_tools(body)),
        forced_tool=_forced_tool(body.get("tool_choice")),
        answer_schema=_answer_schema(body),
        all_text="\n".join([*system, *turns.everything]),
    )


class _Turns:
    """Collects, message by message, what was said since the assistant's last words."""

    def __init__(self) -> None:
        self.system: list[str] = []
        self.everything: list[str] = []
        self.results: list[str] = []
        self.last_user_text = ""
        self._turn: list[str] = []

    def add(self, message: Mapping[str, Any]) -> None:
        """Take in the next message."""
        role, content = message.get("role"), message.get("content")
        text = part_text(content)
        self.everything.append(text)
        if role in ("system", "developer"):
            self.system.append(text)
        elif role == "tool":
            self.results.append(text)
        elif role == "user":
            self.results += _tool_results(content)
            self._turn.append(text)
            # Notes alone are not the user speaking: after a tool result they must not hide the
            # request that led to the call.
            if any(map(words_of, self._turn)):
                self.last_user_text = "\n".join(self._turn)
        else:
            self.results.clear()
            self._turn.clear()


def as_object(value: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _answer_schema(body: Mapping[str, Any]) -> Schema | None:
    asked = as_object(body.get("response_format"))
    if asked.get("type") == "json_object":
        return {"type": "object"}
    if asked.get("type") == "json_schema":
        return as_object(as_object(asked.get("json_schema")).get("schema"))
    format_ = as_object(as_object(body.get("output_config")).get("format"))
    return as_object(format_.get("schema")) if format_.get("type") == "json_schema" else None


def _tool_results(content: object) -> list[str]:
    return [
        part_text(part.get("content"))
        for part in records(content)
        if part.get("type") == "tool_result"
    ]


def _tools(body: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    for tool in records(body.get("tools")):
        spec = as_object(tool.get("function")) or tool
        name = spec.get("name")
        schema = spec.get("parameters") or spec.get("input_schema")
        if isinstance(name, str):
            yield name, as_object(schema)


def _forced_tool(choice: object) -> str | None:
    if choice in ("required", "any"):
        return ""
    spec = as_object(choice)
    if spec.get("type") == "any":
        return ""
    name = (as_object(spec.get("function")) or spec).get("name")
    return name if isinstance(name, str) else None
