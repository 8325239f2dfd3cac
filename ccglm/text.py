"""Text made fit for a terminal: control characters, width, numbers, durations, times.

Pure; used by `console.py` and by every view for people.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


# SGR, ECMA-48 8.3.117: what LiteLLM writes into its log for colours.
_COLOR = re.compile(r"\x1b\[[0-9;]*m")


def escape_controls(text: str, *, keep: str = "\n\t") -> str:
    r"""Return the text with everything a terminal might act on written out, such as `\x1b`.

    That is every character that does not print: control characters, which can move the cursor or set the
    title, format characters, which can turn the reading direction, odd separators and lone surrogates.

    Args:
        text: Any text.
        keep: Characters that stay; "" for text that must be one cell of a table.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escaped(char) for char in text)


def without_colors(text: str) -> str:
    """Return the text without the escape sequences that colour it; others stay, to be escaped."""
    return _COLOR.sub("", text)


def _escaped(char: str) -> str:
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def cell_width(text: str) -> int:
    """Return how many terminal columns one line of text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return the text filled up with spaces to `width` columns; longer text stays as it is."""
    fill = " " * max(0, width - cell_width(text))
    return fill + text if right else text + fill


def count(number: float) -> str:
    """Return a whole number with thousands separated: `1,234`."""
    return f"{number:,.0f}"


def duration(seconds: float) -> str:
    """Return a duration for people: `340 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    for unit, size, lower, lower_size in (
        ("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1),
    ):  # fmt: skip
        if whole >= size:
            rest = whole % size // lower_size
            return f"{whole // size} {unit} {rest} {lower}" if rest else f"{whole // size} {unit}"
    raise AssertionError("60 seconds and more have a unit")


def money(usd: float) -> str:
    """Return an amount for people: `0.0123 USD`, `12.34 USD`."""
    return f"{usd:,.2f} USD" if abs(usd) >= 1 or usd == 0 else f"{usd:.4f} USD"


def local_time(moment: datetime) -> str:
    """Return a time for people: local, with its offset, to the second."""
    return moment.astimezone().isoformat(sep=" ", timespec="seconds")
