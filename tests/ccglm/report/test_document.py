"""Sections as text to paste and as data."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccglm.report.document import Section, as_data, as_markdown, cleaned


def test_sections_are_fenced() -> None:
    text = as_markdown([Section("Versions", ["ccglm 1", "`x`"]), Section("Log", [])])
    assert text == ("**Versions**\n\n~~~\nccglm 1\n`x`\n~~~\n\n**Log**\n\n~~~\n(nothing)\n~~~\n")


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"]))))
def test_no_line_ends_its_fence(lines: list[str]) -> None:
    text = as_markdown([Section("Log", lines)])
    fence = text.splitlines()[2]
    assert set(fence) == {"~"}
    assert [line for line in text.splitlines() if line == fence] == [fence, fence]


def test_cleaning_sees_titles_and_whole_sections() -> None:
    section = Section("key k1", ["a k1", "k1 b"])
    (clean,) = cleaned([section], lambda text: text.replace("k1", "X").replace("X\nX", "Y"))
    assert (clean.title, clean.lines) == ("key X", ["a Y b"])


def test_programs_get_the_same_lines() -> None:
    assert as_data([Section("A", ("b",))]) == {"sections": [{"title": "A", "lines": ["b"]}]}
