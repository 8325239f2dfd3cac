"""How many tokens a request has, roughly and at once: no tokenizer, a few passes over the text in C.

The same estimate feeds `count_tokens`, `message_start`, routing and quotas. What it misses of a model's own
tokenizer is a factor, learned from the counts that the provider reports (`calibration.Calibration`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import as_array, as_object, as_text, objects_of, write_json
from callbacks.translate.media import image_info

# Tokens per character by kind. Tokenizers of current models take 3.4 to 4.3 characters of English for a token
# and 2.8 to 3.5 of code and JSON; Chinese takes about 1.5.
_LETTERS = 0.262
_SPACES = 0.24
_SIGNS = 0.40
_OTHER_SCRIPTS = 0.50

_CHARS_PER_TOKEN = 3.6
# What chat templates add: around a message, and around a tool definition.
_MESSAGE_TOKENS = 4
_TOOL_TOKENS = 8
# Anthropic counts width x height / 750 for an image, at most about 1,600; so do vision models of GLM, about.
_PIXELS_PER_TOKEN = 750
_IMAGE_TOKENS = 1_600
_UNKNOWN_IMAGE_TOKENS = 1_000
# A page of a PDF as text, about, by the bytes it takes.
_DOCUMENT_CHARS_PER_TOKEN = 40

_ASCII_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BLANKS = b" \t\r\n"
_ALL_BUT_OTHER = bytes(range(128))


def tokens_of_length(length: int) -> int:
    """Return about how many tokens a text of so many characters has."""
    return round(length / _CHARS_PER_TOKEN)


def tokens_of_text(text: str) -> float:
    """Return about how many tokens a text has, judged by its kinds of characters."""
    data = text.encode("utf-8", "surrogatepass")
    other_scripts = 0
    if not text.isascii():
        ascii_length = len(data) - len(data.translate(None, _ALL_BUT_OTHER))
        other_scripts = len(text) - ascii_length
    no_letters = data.translate(None, _ASCII_LETTERS)
    letters = len(data) - len(no_letters)
    blanks = len(no_letters) - len(no_letters.translate(None, _BLANKS))
    signs = len(text) - other_scripts - letters - blanks
    return letters * _LETTERS + blanks * _SPACES + signs * _SIGNS + other_scripts * _OTHER_SCRIPTS


def estimate_tokens(body: Mapping[str, Any]) -> int:
    """Return about how many input tokens an Anthropic request has, before calibration.

    Counts `system`, `tools` and `messages` with images and documents; at least 1.
    """
    texts: list[str] = []
    extra = _add_content(body.get("system"), texts)
    for tool in objects_of(body.get("tools")):
        texts.append(as_text(tool.get("name")))
        texts.append(as_text(tool.get("description")))
        if schema := as_object(tool.get("input_schema")):
            texts.append(write_json(schema))
        extra += _TOOL_TOKENS
    for message in objects_of(body.get("messages")):
        extra += _MESSAGE_TOKENS + _add_content(message.get("content"), texts)
    return max(1, round(tokens_of_text("".join(texts)) + extra))


def _add_content(content: object, texts: list[str]) -> float:
    """Collect the texts of a content value and return the tokens of what is no text."""
    if isinstance(content, str):
        texts.append(content)
        return 0
    return sum(_add_block(block, texts) for block in objects_of(content))


def _add_block(block: Mapping[str, Any], texts: list[str]) -> float:
    kind = block.get("type")
    if kind == "image":
        return _image_tokens(as_object(block.get("source")))
    if kind == "document":
        return _document_tokens(as_object(block.get("source")), texts)
    if kind == "tool_use":
        texts.append(as_text(block.get("name")))
        texts.append(write_json(as_object(block.get("input"))))
        return _MESSAGE_TOKENS
    inside = _add_content(block.get("content"), texts)
    texts.extend((as_text(block.get("text")), as_text(block.get("thinking"))))
    return inside


def _image_tokens(source: Mapping[str, Any]) -> float:
    info = image_info(source)
    if info is None or not info.width:
        return _UNKNOWN_IMAGE_TOKENS
    return min(_IMAGE_TOKENS, info.width * info.height / _PIXELS_PER_TOKEN)


def _document_tokens(source: Mapping[str, Any], texts: list[str]) -> float:
    data = as_text(source.get("data"))
    if source.get("type") == "text":
        texts.append(data)
        return 0
    if as_array(source.get("content")) or isinstance(source.get("content"), str):
        return _add_content(source.get("content"), texts)
    return len(data) / _DOCUMENT_CHARS_PER_TOKEN
