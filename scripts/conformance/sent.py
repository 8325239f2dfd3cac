"""One view of what a provider was sent, whichever of the two wire formats it came in.

A case asks "what did the model see" and means the same on a chat-completions surface and on an Anthropic
one: turns in order, with the text, calls, results and pictures of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scripts.conformance.reply import Json, obj, objs, parsed


@dataclass
class Turn:
    """One step of the conversation as the model sees it.

    A tool result is a turn of its own with role `tool`, on either surface.
    """

    role: str
    text: str = ""
    thinking: str = ""
    calls: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    """Id, name and arguments of each tool call; arguments that are no JSON stay text."""
    result_of: str = ""
    images: int = 0
    documents: int = 0
    raw: Json = field(default_factory=dict[str, Any])


class Sent:
    """One request the provider received: an entry of the simulator's log."""

    def __init__(self, entry: Json) -> None:
        self.entry = entry
        self.body = obj(entry.get("body"))
        self.headers: dict[str, str] = entry["headers"]
        self.path: str = entry["path"]
        self.provider: str = entry["provider"]
        self.surface: str = str(entry["surface"]).replace("_", "-")
        self.model: str = str(entry.get("model"))
        self.status: int = entry["status"]
        self.refusal = f"{self.status} {entry.get('error_message') or entry.get('error_code')}"
        self.scenario: str = entry.get("scenario") or ""
        self.closed_early: bool = entry["closed_early"]
        self.arrived_at: float = entry["arrived_at"]
        self.finished_at: float | None = entry["finished_at"]

    @property
    def finished(self) -> bool:
        """Whether the answer has been written, or its reader has left."""
        return self.finished_at is not None

    @property
    def refused(self) -> bool:
        """Whether the provider refused it of its own accord, not because a scenario said so."""
        return self.status >= 400 and not self.scenario

    @property
    def anthropic(self) -> bool:
        """Whether the surface speaks Anthropic Messages."""
        return self.surface == "zai-anthropic"

    @property
    def member(self) -> str:
        """Provider and model, as `cerebras/zai-glm-4.7`."""
        return f"{self.provider}/{self.model}"

    @cached_property
    def text(self) -> str:
        """The whole body as JSON text, to search for what must not be there."""
        return json.dumps(self.body, ensure_ascii=False)

    @cached_property
    def system(self) -> str:
        """The system prompt."""
        own = [part_text(self.body.get("system"))] if self.anthropic else []
        first = [part_text(m.get("content")) for m in self._messages if m.get("role") == "system"]
        return "\n".join([*own, *first])

    @cached_property
    def turns(self) -> list[Turn]:
        """The conversation without the system prompt."""
        return [turn for message in self._messages for turn in turns_of(message)]

    @property
    def user_text(self) -> str:
        """The text of all user turns."""
        return "\n".join(turn.text for turn in self.turns if turn.role == "user")

    @property
    def results(self) -> list[Turn]:
        """The tool results in order."""
        return [turn for turn in self.turns if turn.role == "tool"]

    @property
    def calls(self) -> list[tuple[str, str, Any]]:
        """All tool calls in the history: id, name, arguments."""
        return [call for turn in self.turns for call in turn.calls]

    @property
    def seen(self) -> str:
        """Everything the model reads of the conversation: texts and results in order."""
        return "\n".join(turn.text for turn in self.turns)

    @cached_property
    def tools(self) -> dict[str, tuple[str, Json]]:
        """Description and schema of each offered tool by name."""
        offered: dict[str, tuple[str, Json]] = {}
        for tool in objs(self.body.get("tools")):
            function: Json = tool.get("function") or tool
            schema: Json = function.get("parameters") or function.get("input_schema") or {}
            offered[str(function.get("name"))] = (str(function.get("description") or ""), schema)
        return offered

    @property
    def output_limit(self) -> int | None:
        """The most tokens the model may write."""
        return self.body.get("max_completion_tokens") or self.body.get("max_tokens")

    @property
    def thinking_off(self) -> bool:
        """Whether the model is told not to think, in the provider's own terms."""
        switched = obj(self.body.get("thinking")).get("type") == "disabled"
        return switched or self.body.get("reasoning_effort") == "none"

    @property
    def stop(self) -> list[str]:
        """The stop sequences sent."""
        stop: Any = self.body.get("stop") or self.body.get("stop_sequences") or []
        return [stop] if isinstance(stop, str) else stop

    @property
    def _messages(self) -> list[Json]:
        return objs(self.body.get("messages"))


def part_text(content: object) -> str:
    """Return the text of a content value: a string, or the text parts of a list, one a line."""
    if isinstance(content, str):
        return content
    texts = (str(p.get("text", "")) for p in objs(content) if p.get("type") == "text")
    return "\n".join(texts)


def turns_of(message: Json) -> Iterator[Turn]:
    """Yield the turns of one message; a system message of a chat request yields none."""
    role = str(message.get("role"))
    if role == "system":
        return
    content: object = message.get("content")
    thinking = str(message.get("reasoning") or message.get("reasoning_content") or "")
    turn = Turn(role, thinking=thinking, raw=message)
    if role == "tool":
        turn.result_of = str(message.get("tool_call_id"))
    for call in objs(message.get("tool_calls")):
        function: Json = call.get("function") or {}
        arguments = str(function.get("arguments", ""))
        value = parsed(arguments)
        name = str(function.get("name"))
        turn.calls.append((str(call.get("id")), name, arguments if value is None else value))
    if isinstance(content, str):
        turn.text = content
    for part in objs(content):
        yield from _take_part(turn, part)
    yield turn


def _take_part(turn: Turn, part: Json) -> Iterator[Turn]:
    """Add one content part to the turn; a tool result is a turn of its own and is yielded."""
    match part.get("type"):
        case "text":
            turn.text = f"{turn.text}\n{part['text']}" if turn.text else str(part["text"])
        case "thinking" | "redacted_thinking":
            turn.thinking += str(part.get("thinking") or "")
        case "tool_use":
            turn.calls.append((str(part.get("id")), str(part.get("name")), part.get("input")))
        case "tool_result":
            yield _result(part)
        case "image" | "image_url":
            turn.images += 1
        case "document" | "file":
            turn.documents += 1
        case _:
            pass


def _result(part: Json) -> Turn:
    inner = Turn("tool", text=part_text(part.get("content")))
    for each in objs(part.get("content")):
        inner.images += each.get("type") == "image"
        inner.documents += each.get("type") == "document"
    if part.get("is_error"):
        inner.text = f"[error] {inner.text}"
    inner.result_of, inner.raw = str(part.get("tool_use_id")), part
    return inner
