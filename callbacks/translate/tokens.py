"""How many tokens a request has, roughly and at once: no tokenizer, a few passes over the text in C.

The same estimate feeds `count_tokens`, `message_start`, routing and quotas. What it misses of a model's own
tokenizer is a factor, learned from the counts that the provider reports (`calibration.Calibration`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import as_object, as_text, objects_of, write_json
from callbacks.translate.media import image_info

# Tokens per character by kind. Tokenizers of current models take 3.4 to 4.3 characters of English for a token
# and 2.8 to 3.5 of code and JSON; Chinese takes about 1.5, Cyrillic about 2.3: much the same by bytes of UTF-8.
_LETTERS = 0.262
_SPACES = 0.24
_SIGNS = 0.40
_BYTES_OF_OTHER_SCRIPTS = 0.22

_CHARS_PER_TOKEN = 3.6
# What chat templates add: around a message, and around a tool definition.
_MESSAGE_TOKENS = 5
_TOOL_TOKENS = 8
# Vision models scale a picture before they cut it into patches: a small one costs nearly as much as a screenshot.
_PIXELS_PER_TOKEN = 750
_LEAST_IMAGE_TOKENS = 900
_MOST_IMAGE_TOKENS = 1_300
# The line that stands for an image or a document which the model does not see.
_NOTE_TOKENS = 25
# A page of a PDF as text, about, by the bytes it takes.
_DOCUMENT_CHARS_PER_TOKEN = 40

_ASCII_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BLANKS = b" \t\r\n"
_ASCII = bytes(range(128))


def tokens_of_length(length: int) -> int:
    """Return about how many tokens a text of so many characters has."""
    return round(length / _CHARS_PER_TOKEN)


def tokens_of_text(text: str) -> float:
    """Return about how many tokens a text has, judged by its kinds of characters."""
    data = text.encode("utf-8", "surrogatepass")
    no_letters = data.translate(None, _ASCII_LETTERS)
    letters = len(data) - len(no_letters)
    signs_and_others = no_letters.translate(None, _BLANKS)
    blanks = len(no_letters) - len(signs_and_others)
    other_bytes = 0 if text.isascii() else len(data.translate(None, _ASCII))
    signs = len(signs_and_others) - other_bytes
    return (
        letters * _LETTERS
        + blanks * _SPACES
        + signs * _SIGNS
        + other_bytes * _BYTES_OF_OTHER_SCRIPTS
    )


def estimate_tokens(
    body: Mapping[str, Any], *, reads_images: bool = True, reads_documents: bool = False
) -> int:
    """Return about how many input tokens an Anthropic request has, before calibration.

    Counts `system`, `tools` and `messages` with images and documents; at least 1.

    Args:
        body: The request.
        reads_images: Whether the model sees images; one that does not gets a line of text for each.
        reads_documents: The same for documents that are no text.
    """
    count = _Count(reads_images=reads_images, reads_documents=reads_documents)
    count.add_content(body.get("system"))
    for tool in objects_of(body.get("tools")):
        count.add_tool(tool)
    for message in objects_of(body.get("messages")):
        count.extra += _MESSAGE_TOKENS
        count.add_content(message.get("content"))
    return max(1, round(tokens_of_text("".join(count.texts)) + count.extra))


class _Count:
    """Collects the texts of a request, and the tokens of what is no text."""

    def __init__(self, *, reads_images: bool, reads_documents: bool) -> None:
        self.texts: list[str] = []
        self.extra = 0.0
        self._reads_images = reads_images
        self._reads_documents = reads_documents

    def add_tool(self, tool: Mapping[str, Any]) -> None:
        self.texts += (as_text(tool.get("name")), as_text(tool.get("description")))
        if schema := as_object(tool.get("input_schema")):
            self.texts.append(write_json(schema))
        self.extra += _TOOL_TOKENS

    def add_content(self, content: object) -> None:
        if isinstance(content, str):
            self.texts.append(content)
            return
        for block in objects_of(content):
            self._add_block(block)

    def _add_block(self, block: Mapping[str, Any]) -> None:
        kind = block.get("type")
        source = as_object(block.get("source"))
        if kind == "image":
            self.extra += _image_tokens(source) if self._reads_images else _NOTE_TOKENS
        elif kind == "document":
            self._add_document(source)
        elif kind == "tool_use":
            self.texts += (as_text(block.get("name")), write_json(as_object(block.get("input"))))
            self.extra += _MESSAGE_TOKENS
        else:
            self.add_content(block.get("content"))
            self.texts += (as_text(block.get("text")), as_text(block.get("thinking")))

    def _add_document(self, source: Mapping[str, Any]) -> None:
        data = as_text(source.get("data"))
        if source.get("type") == "text":
            self.texts.append(data)
        elif "content" in source:
            self.add_content(source["content"])
        elif self._reads_documents:
            self.extra += len(data) / _DOCUMENT_CHARS_PER_TOKEN
        else:
            self.extra += _NOTE_TOKENS


def _image_tokens(source: Mapping[str, Any]) -> float:
    info = image_info(source)
    if info is None or not info.width:
        return _MOST_IMAGE_TOKENS
    wanted = info.width * info.height / _PIXELS_PER_TOKEN
    return min(_MOST_IMAGE_TOKENS, max(_LEAST_IMAGE_TOKENS, wanted))
