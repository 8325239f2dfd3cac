"""A request's prompt as one run of bytes: for counting tokens and for prefix caching.

Both wire formats go through the same walk, in the order in which a provider's chat template would
place the parts: tools, system, messages. Marks that are not part of the prompt (`cache_control`,
signatures) are left out, so that moving them does not look like another prompt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson

from ccglm.simulator.conversation import as_object, records
from ccglm.simulator.tokens import (
    IMAGE_TOKENS,
    MESSAGE_OVERHEAD_TOKENS,
    TOOL_OVERHEAD_TOKENS,
    count_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Prompt:
    """The prompt's bytes and its length in tokens."""

    text: bytes
    tokens: int


class _Walk:
    """Collects texts and the tokens that text length does not explain."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.extra_tokens = 0

    def add(self, text: object) -> None:
        """Append a string, or any other value as JSON."""
        if isinstance(text, str):
            self.parts.append(text.encode("utf-8", "replace"))
        elif text is not None:
            self.parts.append(orjson.dumps(text))

    def tool(self, tool: dict[str, Any]) -> None:
        """Append a tool definition of either format."""
        spec = as_object(tool.get("function")) or tool
        for key in ("name", "description", "parameters", "input_schema"):
            self.add(spec.get(key))
        self.extra_tokens += TOOL_OVERHEAD_TOKENS

    def content(self, content: object) -> None:
        """Append a message's content: text, or parts of any kind."""
        if not isinstance(content, list):
            self.add(content)
            return
        for part in records(cast("object", content)):
            if not self._known_part(part):
                self.add(part)

    def _known_part(self, part: dict[str, Any]) -> bool:
        match part.get("type"):
            case "text":
                self.add(part.get("text"))
            case "thinking":
                self.add(part.get("thinking"))
            case "tool_use":
                self.add(part.get("name"))
                self.add(part.get("input"))
            case "tool_result":
                self.content(part.get("content"))
            case "image" | "image_url" | "document":
                source = part.get("source") or part.get("image_url")
                # The picture's hash stands for it: the same picture is the same prefix.
                self.parts.append(hashlib.blake2b(orjson.dumps(source), digest_size=8).digest())
                self.extra_tokens += IMAGE_TOKENS
            case _:
                return False
        return True

    def message(self, message: dict[str, Any]) -> None:
        """Append one message of either format."""
        self.add(message.get("role"))
        self.add(message.get("reasoning") or message.get("reasoning_content"))
        self.content(message.get("content"))
        for call in records(message.get("tool_calls")):
            function = call.get("function")
            self.add(function)
        self.extra_tokens += MESSAGE_OVERHEAD_TOKENS


def read_prompt(body: Mapping[str, Any]) -> Prompt:
    """Return the prompt of an OpenAI or Anthropic request body; an odd body counts as little."""
    walk = _Walk()
    for tool in records(body.get("tools")):
        walk.tool(tool)
    walk.content(body.get("system"))
    for message in records(body.get("messages")):
        walk.message(message)
    text = b"\x1e".join(walk.parts)
    return Prompt(text=text, tokens=count_bytes(len(text)) + walk.extra_tokens)
