"""Reading the parts of a chat completion's message, whole or as the delta of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import as_text, objects_of

# Where providers put thinking: Cerebras `reasoning`, Z.ai `reasoning_content` (recordings of 2026-06 to 2026-08).
THINKING_KEYS = ("reasoning", "reasoning_content")


def thinking_of(message: Mapping[str, Any]) -> str:
    """Return the thinking of a message; where two keys carry it, the first one that does."""
    for key in THINKING_KEYS:
        if thinking := text_of_content(message.get(key)):
            return thinking
    return ""


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message, the wording of a refusal included."""
    return text_of_content(message.get("content")) + as_text(message.get("refusal"))


def text_of_content(content: object) -> str:
    """Return the text of a `content` value: a string, or a list of parts with `text`."""
    if isinstance(content, str):
        return content
    return "".join(as_text(part.get("text")) for part in objects_of(content))
