"""The settings file as it may be shown: a key that was put where its variable's name belongs is hidden.

Works on the text, because a file worth reporting may be too broken to be read. Pure.
"""

from __future__ import annotations

import re
from typing import Final

from ccglm.redaction import HIDDEN

_KEYS_LINE: Final = re.compile(r"^(?P<indent>\s*).*?\bkeys[\"']?\s*:\s*(?P<value>.*)$")
_ITEM: Final = re.compile(r"^(?P<lead>\s*-\s+)(?P<item>.*)$")
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_WORD: Final = re.compile(r"[^\s,\[\]{}\"'#]+")
_NAMED_RANDOM: Final = re.compile(r"[A-Z0-9]{20,}")
"""No variable is called like that; a key in capitals may be."""


def shown_settings(text: str) -> list[str]:
    """Return the lines of a settings file with everything under `keys` hidden that names no variable."""
    lines: list[str] = []
    list_indent: int | None = None
    for line in text.splitlines():
        item = _ITEM.match(line)
        found = _KEYS_LINE.match(line)
        if list_indent is not None and item and len(item["lead"]) > list_indent:
            lines.append(item["lead"] + _without_keys(item["item"]))
            continue
        if found:
            start = found.start("value")
            closed, bracket, rest = found["value"].partition("]")
            lines.append(line[:start] + _without_keys(closed) + bracket + rest)
            list_indent = len(found["indent"])
            continue
        if list_indent is not None and found is None and not _goes_on(line):
            list_indent = None
        lines.append(_without_keys(line) if list_indent is not None else line)
    return lines


def _goes_on(line: str) -> bool:
    """Return whether a line may belong to the list above: no new setting begins in it."""
    return ":" not in line


def _without_keys(text: str) -> str:
    return _WORD.sub(lambda word: word[0] if _is_variable(word[0]) else HIDDEN, text)


def _is_variable(word: str) -> bool:
    return _VARIABLE.fullmatch(word) is not None and _NAMED_RANDOM.fullmatch(word) is None
