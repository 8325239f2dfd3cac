"""Anthropic content blocks as the parts of a chat message: texts, and images where a model sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import (
    JsonObject,
    as_array,
    as_object,
    as_text,
    is_array,
    is_object,
    objects_of,
    write_json,
)
from callbacks.translate.media import document_text, image_note, image_part
from callbacks.translate.rules import ChatRules

# A part is a text, or an `image_url` object of the chat-completions form.
Part = str | JsonObject

# Carried for the sake of one provider; useless or unreadable to another.
_OPAQUE_KEYS = frozenset(
    {"type", "cache_control", "encrypted_content", "encrypted_index", "signature", "data", "citations"}
)  # fmt: skip


def blocks_of(content: object) -> list[JsonObject]:
    """Return a message's content as blocks; a string is one text block, a bare string in a list too."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [
        item if is_object(item) else {"type": "text", "text": as_text(item)}
        for item in as_array(content)
    ]


def parts_of(block: Mapping[str, Any], rules: ChatRules, notes: set[str]) -> list[Part]:
    """Return what a block of a user turn or a tool result says, blank texts left out.

    Args:
        block: Any block but `tool_result`.
        rules: Whether the model reads images.
        notes: Names of what could not be kept are added here.
    """
    kind = block.get("type")
    if kind == "image":
        source = as_object(block.get("source"))
        part = image_part(source, remote=rules.image_urls) if rules.reads_images else None
        if part is None:
            notes.add("image")
            return [image_note(source)]
        return [part]
    text = text_of_block(block, notes)
    return [text] if text.strip() else []


def text_of_block(block: Mapping[str, Any], notes: set[str]) -> str:
    """Return any block as text that a model can read; thinking gives none."""
    kind = as_text(block.get("type"))
    if kind == "text":
        return as_text(block.get("text"))
    if kind in ("thinking", "redacted_thinking"):
        return ""
    notes.add(kind or "block")
    if kind == "document":
        return document_text(block)
    if kind == "tool_reference":
        return f"[tool {as_text(block.get('tool_name'))} is available now]"
    if kind == "search_result":
        return _search_result(block)
    if kind in ("server_tool_use", "mcp_tool_use", "tool_use"):
        return f"[used {as_text(block.get('name'))}: {write_json(as_object(block.get('input')))}]"
    if kind.endswith("_tool_result"):
        return _server_result(kind, block.get("content"), notes)
    return _unknown(kind, block)


def join_parts(parts: list[Part]) -> str | list[JsonObject]:
    """Return parts as message content: one string, or a list when an image is among them."""
    if all(isinstance(part, str) for part in parts):
        return "\n\n".join(part for part in parts if isinstance(part, str))
    joined: list[JsonObject] = []
    for part in parts:
        if not isinstance(part, str):
            joined.append(part)
        elif joined and joined[-1]["type"] == "text":
            joined[-1]["text"] += f"\n\n{part}"
        else:
            joined.append({"type": "text", "text": part})
    return joined


def _search_result(block: Mapping[str, Any]) -> str:
    texts = [as_text(part.get("text")) for part in objects_of(block.get("content"))]
    head = f"[{as_text(block.get('title'))} {as_text(block.get('source'))}]"
    return "\n".join([head, *texts])


def _server_result(kind: str, content: object, notes: set[str]) -> str:
    name = kind.removesuffix("_tool_result").replace("_", " ")
    if not is_array(content):
        return f"[{name} result: {as_text(content) or _readable(content)}]"
    lines: list[str] = []
    for item in objects_of(content):
        if item.get("type") == "web_search_result":
            lines.append(f"- {as_text(item.get('title'))} {as_text(item.get('url'))}")
        else:
            lines.append(text_of_block(item, notes))
    return "\n".join([f"[{name} results]", *lines])


def _unknown(kind: str, block: Mapping[str, Any]) -> str:
    if text := as_text(block.get("text")):
        return text
    return f"[{kind or 'block'}: {_readable(block)}]"


def _readable(value: Any) -> str:
    """Return a value as JSON without what only machines read."""
    return write_json(_stripped(value))


def _stripped(value: Any) -> Any:
    if is_object(value):
        return {key: _stripped(item) for key, item in value.items() if key not in _OPAQUE_KEYS}
    if is_array(value):
        return [_stripped(item) for item in value]
    return value
