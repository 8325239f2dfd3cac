"""Images and documents: their real size from the file's first bytes, and what to say where they cannot go."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from struct import unpack_from
from typing import Any, NamedTuple

from callbacks.translate.json_values import JsonObject, as_object, as_text, objects_of

# Enough for every header but those of photographs with a large preview in front.
_HEADER_CHARS = 64 * 1024
# JPEG markers that carry the size: every "start of frame" but the three that mean something else.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PDF_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_UNSHOWN = "not shown: this model reads text only"
_MEDIA_NAMES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WebP"}


class ImageInfo(NamedTuple):
    """What an image file's header tells: the format's name, and width and height in pixels (0 if unknown)."""

    format: str
    width: int
    height: int


def read_image_info(data: bytes) -> ImageInfo | None:
    """Return format and size of a PNG, JPEG, GIF or WebP file from its first bytes, None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageInfo("PNG", *_numbers(">II", data, 16))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return ImageInfo("GIF", *_numbers("<HH", data, 6))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ImageInfo("WebP", *_webp_size(data))
    if data.startswith(b"\xff\xd8"):
        return ImageInfo("JPEG", *_jpeg_size(data))
    return None


def image_info(source: Mapping[str, Any]) -> ImageInfo | None:
    """Return what is known about the image of an Anthropic `source` object, None for remote or odd ones."""
    encoded = as_text(source.get("data"))
    info = read_image_info(_decode(encoded[:_HEADER_CHARS]))
    if info is not None and not info.width and len(encoded) > _HEADER_CHARS:
        info = read_image_info(_decode(encoded))
    return info


def image_note(source: Mapping[str, Any]) -> str:
    """Return the text that stands for an image on a model without eyes."""
    if url := as_text(source.get("url")):
        return f"[image: {url}, {_UNSHOWN}]"
    info = image_info(source)
    if info is None:
        media_type = as_text(source.get("media_type"))
        return (
            f"[image: {_MEDIA_NAMES.get(media_type, media_type) or 'unknown format'}, {_UNSHOWN}]"
        )
    size = f"{info.width}x{info.height} " if info.width else ""
    return f"[image: {size}{info.format}, {_UNSHOWN}]"


def image_part(source: Mapping[str, Any], *, remote: bool) -> JsonObject | None:
    """Return the chat-completions part for an image, None when it cannot be sent.

    Args:
        source: Anthropic image source, base64 or url.
        remote: Whether the provider loads addresses itself.
    """
    if url := as_text(source.get("url")):
        return {"type": "image_url", "image_url": {"url": url}} if remote else None
    encoded = as_text(source.get("data"))
    if not encoded:
        return None
    media_type = as_text(source.get("media_type")) or "image/png"
    url = f"data:{media_type};base64,{encoded}"
    return {"type": "image_url", "image_url": {"url": url}}


def document_text(block: Mapping[str, Any]) -> str:
    """Return a document block as text: its own text where it has one, else a note."""
    source = as_object(block.get("source"))
    title = as_text(block.get("title"))
    text = as_text(source.get("data")) if source.get("type") == "text" else ""
    if source.get("type") == "content":
        content = source.get("content")
        texts = [as_text(part.get("text")) for part in objects_of(content)]
        text = as_text(content) or "\n".join(texts)
    if text.strip():
        return f"[document: {title or 'untitled'}]\n{text}\n[end of document]"
    name = f"{title}, " if title else ""
    if url := as_text(source.get("url")):
        return f"[document: {name}{url}, {_UNSHOWN}]"
    media_type = as_text(source.get("media_type"))
    if media_type != "application/pdf":
        return f"[document: {name}{media_type or 'unknown format'}, {_UNSHOWN}]"
    data = _decode(as_text(source.get("data")))
    pages = len(_PDF_PAGE.findall(data))
    many = f"{pages} page{'s' if pages > 1 else ''}, " if pages else ""
    return (
        f"[document: {name}PDF, {many}{len(data)} bytes, {_UNSHOWN};"
        " convert the file to text with a tool to read it]"
    )


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded[: len(encoded) // 4 * 4])
    except ValueError:
        return b""


def _numbers(form: str, data: bytes, offset: int) -> tuple[int, int]:
    if len(data) < offset + 8:
        data = data + bytes(offset + 8 - len(data))
    width, height = unpack_from(form, data, offset)
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    if len(data) < 30:
        return 0, 0
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = _numbers("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return 0, 0
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_FRAMES:
            height, width = _numbers(">HH", data, at + 5)
            return width, height
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
