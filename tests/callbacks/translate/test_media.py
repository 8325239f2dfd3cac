from __future__ import annotations

import base64
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.media import (
    ImageInfo,
    document_text,
    image_info,
    image_note,
    image_part,
    read_image_info,
)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + pack(">I", 13) + b"IHDR" + pack(">II", width, height) + b"\x08"


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    frame = b"\xff\xc0" + pack(">HBHH", 11, 8, height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + before + frame


def webp(kind: bytes, payload: bytes) -> bytes:
    return b"RIFF" + pack("<I", 4) + b"WEBP" + kind + pack("<I", len(payload)) + payload


EXIF = b"\xff\xe1" + pack(">H", 6) + b"Exif"


@pytest.mark.parametrize(
    ("data", "info"),
    [
        (png(800, 600), ("PNG", 800, 600)),
        (b"GIF89a" + pack("<HH", 320, 200), ("GIF", 320, 200)),
        (b"GIF87a" + pack("<HH", 1, 2), ("GIF", 1, 2)),
        (jpeg(1920, 1080), ("JPEG", 1920, 1080)),
        (jpeg(640, 480, EXIF + b"\xff\x01\xff\xff\xd0"), ("JPEG", 640, 480)),
        (b"\xff\xd8\xff\xe1\x00", ("JPEG", 0, 0)),
        (b"\xff\xd8" + b"oddodd" * 3, ("JPEG", 0, 0)),
        (webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + pack("<HH", 550, 368)), ("WebP", 550, 368)),
        (webp(b"VP8L", b"\x2f" + pack("<I", 99 | 49 << 14) + bytes(8)), ("WebP", 100, 50)),
        (webp(b"VP8X", bytes(4) + pack("<I", 1023)[:3] + pack("<I", 767)[:3]), ("WebP", 1024, 768)),
        (webp(b"ODD!", bytes(20)), ("WebP", 0, 0)),
        (webp(b"VP8 ", b""), ("WebP", 0, 0)),
        (b"\x89PNG\r\n\x1a\n", ("PNG", 0, 0)),
    ],
)
def test_the_size_is_read_from_the_header(data: bytes, info: tuple[str, int, int]) -> None:
    assert read_image_info(data) == ImageInfo(*info)


def test_other_files_are_no_images() -> None:
    assert read_image_info(b"%PDF-1.4") is None
    assert read_image_info(b"") is None


@given(
    st.binary(max_size=64), st.sampled_from([b"", b"\xff\xd8", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "])
)
def test_no_bytes_make_the_reader_stumble(rest: bytes, start: bytes) -> None:
    read_image_info(start + rest)
    image_info({"data": base64.b64encode(start + rest).decode()[:-1]})


def source(data: bytes, media_type: str = "image/png") -> dict[str, str]:
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}


def test_a_photograph_with_a_long_header_is_read_whole() -> None:
    preview = (b"\xff\xe1" + pack(">H", 65_000) + bytes(64_998)) * 2
    assert image_info(source(jpeg(3000, 2000, preview))) == ImageInfo("JPEG", 3000, 2000)


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (source(png(800, 600)), "[image: 800x600 PNG, not shown: this model reads text only]"),
        (source(png(0, 0)), "[image: PNG, not shown: this model reads text only]"),
        (source(b"odd", "image/webp"), "[image: WebP, not shown: this model reads text only]"),
        (source(b"odd", "image/x"), "[image: image/x, not shown: this model reads text only]"),
        ({"url": "https://a/b"}, "[image: https://a/b, not shown: this model reads text only]"),
        ({}, "[image: unknown format, not shown: this model reads text only]"),
        ({"data": "ünicode"}, "[image: unknown format, not shown: this model reads text only]"),
        ({"data": "a" * 5}, "[image: unknown format, not shown: this model reads text only]"),
    ],
)
def test_notes_say_what_is_known(given: dict[str, str], note: str) -> None:
    assert image_note(given) == note


def test_parts_carry_the_data_or_the_address() -> None:
    assert image_part({"data": "QUJD"}, remote=False) == {
        "type": "image_url",
        "image_url": {"url": "data:image/png;base64,QUJD"},
    }
    address = {"type": "url", "url": "https://a/b"}
    assert image_part(address, remote=False) is None
    part = image_part(address, remote=True)
    assert part is not None
    assert part["image_url"] == {"url": "https://a/b"}
    assert image_part({}, remote=True) is None


PDF = b"%PDF-1.4 /Type /Pages /Type /Page /Type/Page "


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"source": {"type": "text", "data": "a"}}, "[document: untitled]\na\n[end of document]"),
        ({"title": "T", "source": {"type": "content", "content": "a"}}, "[document: T]\na\n[end of document]"),
        ({"source": {"type": "content", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}}, "[document: untitled]\na\nb\n[end of document]"),
        ({"source": {"type": "url", "url": "https://a"}}, "[document: https://a, not shown: this model reads text only]"),
        ({"title": "T", "source": {"media_type": "x/y"}}, "[document: T, x/y, not shown: this model reads text only]"),
        ({}, "[document: unknown format, not shown: this model reads text only]"),
    ],
)  # fmt: skip
def test_documents_are_text_or_a_note(block: dict[str, object], text: str) -> None:
    assert document_text(block) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PDF, "PDF, 2 pages, 45 bytes, "),
        (b"/Type /Page ", "PDF, 1 page, 12 bytes, "),
        (b"odd", "PDF, 3 bytes, "),
    ],
)
def test_a_pdf_says_how_long_it_is_and_how_to_read_it(data: bytes, words: str) -> None:
    text = document_text({"title": "T", "source": source(data, "application/pdf")})
    assert text.startswith(f"[document: T, {words}")
    assert "convert the file to text" in text
