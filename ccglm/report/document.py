"""The report: sections of lines, cleaned of secrets as a whole, as Markdown and as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FENCE: Final = "~~~"
"""Tildes, because settings and logs hold backticks."""


@dataclass(frozen=True)
class Section:
    """One part of the report."""

    title: str
    lines: Sequence[str]


def cleaned(sections: Sequence[Section], clean: Callable[[str], str]) -> list[Section]:
    """Return the sections as they may leave this machine.

    Args:
        sections: As they were found.
        clean: Takes secrets out of a text; sees whole sections, so that what spans lines is found too.
    """
    return [
        Section(clean(section.title), clean("\n".join(section.lines)).splitlines())
        for section in sections
    ]


def as_markdown(sections: Sequence[Section]) -> str:
    """Return the text to paste."""
    parts = [
        f"**{section.title}**\n\n{_fence_for(section)}\n"
        + "".join(f"{line}\n" for line in section.lines or ["(nothing)"])
        + f"{_fence_for(section)}\n"
        for section in sections
    ]
    return "\n".join(parts)


def _fence_for(section: Section) -> str:
    """Return a fence that no line of the section ends early."""
    longest = max((_leading_tildes(line) for line in section.lines), default=0)
    return "~" * max(len(_FENCE), longest + 1)


def _leading_tildes(line: str) -> int:
    bare = line.lstrip()
    return len(bare) - len(bare.lstrip("~"))


def as_data(sections: Sequence[Section]) -> dict[str, object]:
    """Return the report as `{"sections": [{"title", "lines"}]}`."""
    return {"sections": [{"title": s.title, "lines": list(s.lines)} for s in sections]}
