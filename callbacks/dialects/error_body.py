"""Reading the error bodies of providers: flat, nested, bracketed, HTML or empty, always to the same few facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import unescape
from typing import Any, cast

import orjson

MAX_DETAIL_CHARS = 400
BEIJING = timezone(timedelta(hours=8))
"""Zone of the reset times in Z.ai's messages, which carry none (reference measured September 2026)."""

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_KEY = re.compile(r"\b(?:sk|csk|rk|key)-[A-Za-z0-9_\-]{8,}|\b[0-9a-f]{32}\.[A-Za-z0-9]{8,}")
_BEARER = re.compile(r"\b(bearer)\s+\S+", re.IGNORECASE)
_PATH = re.compile(r"(?<![\w:/.])/(?:usr|home|root|opt|var|app|srv|tmp|etc|Users)/[^\s'\",)]+")
_BRACKETED = re.compile(r"^\[(\d{3,5})\]\[(.*?)\](?:\[[^\]]*\])?$", re.DOTALL)
_RESET_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})")
_LENGTHS = re.compile(r"length is (\d+) while limit is (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says.

    Attributes:
        message: The provider's words on one line, without markup, keys or paths; empty when it said nothing.
        kind: `type` of the error object, empty when absent.
        code: `code` as text, empty when absent.
        param: `param` as text, empty when absent.
        is_html: The body was a page, so it did not come from the API itself.
    """

    message: str = ""
    kind: str = ""
    code: str = ""
    param: str = ""
    is_html: bool = False


def read_error_body(body: bytes | str) -> ErrorBody:
    """Read an error body of any of the known shapes.

    Args:
        body: `{"error": {...}}`, `{"message", "type", "code"}`, `{"detail": ...}`, Anthropic's envelope, an HTML
            page, plain text or nothing.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        data: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _from_text(text)
    if not isinstance(data, dict):
        return ErrorBody(message=clean(str(data)) if isinstance(data, str) else "")
    return read_error_object(cast("Mapping[str, Any]", data))


def read_error_object(data: Mapping[str, Any]) -> ErrorBody:
    """Read a decoded error object; the error may lie under `error` or at the top."""
    inner: object = data.get("error", data)
    if isinstance(inner, str):
        return ErrorBody(message=clean(inner))
    if not isinstance(inner, dict):
        return ErrorBody()
    error = cast("Mapping[str, Any]", inner)
    message = error.get("message") or error.get("msg") or error.get("detail") or ""
    code = error.get("code")
    said = message if isinstance(message, str) else orjson.dumps(message).decode()
    bracketed = _BRACKETED.match(said.strip())
    if bracketed:
        code = code or bracketed[1]
        said = bracketed[2]
    return ErrorBody(
        message=clean(said),
        kind=str(error.get("type") or ""),
        code="" if code is None else str(code),
        param=str(error.get("param") or ""),
    )


def _from_text(text: str) -> ErrorBody:
    stripped = text.lstrip()
    if not stripped.startswith("<"):
        return ErrorBody(message=clean(text))
    title = _TITLE.search(stripped)
    shown = title[1] if title else stripped
    return ErrorBody(message=clean(unescape(_TAG.sub(" ", shown))), is_html=True)


def clean(text: str) -> str:
    """Return text fit to be shown to anybody: one line, bounded, without control characters, keys and paths."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    flat = " ".join(printable.split())
    flat = _PATH.sub("(a path)", _BEARER.sub(r"\1 ***", _KEY.sub("***", flat)))
    return flat if len(flat) <= MAX_DETAIL_CHARS else flat[: MAX_DETAIL_CHARS - 1] + "…"


def reset_time(message: str, zone: timezone = BEIJING) -> datetime | None:
    """Return the reset time that a message names, aware; None when it names none.

    Args:
        message: Such as `Your limit will reset at 2026-11-21 06:28:10`.
        zone: Zone of the time, since the text carries none.
    """
    found = _RESET_TIME.search(message)
    if not found:
        return None
    try:
        return datetime.strptime(f"{found[1]} {found[2]}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None


def stated_lengths(message: str) -> tuple[int, int] | None:
    """Return `(tokens, limit)` of an overflow message such as `Current length is 9 while limit is 8`."""
    found = _LENGTHS.search(message)
    return (int(found[1]), int(found[2])) if found else None


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return what `retry-after` asks for in seconds; None when absent or not a number.

    Args:
        headers: Response headers, names in lower case.
    """
    try:
        value = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return value if 0 <= value < float("inf") else None
