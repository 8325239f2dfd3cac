"""The sentences with which cases fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.conformance.expect import (
    CaseFailed,
    contains,
    equal,
    expect,
    lacks,
    matches,
    no_problems,
    shown,
    within,
)


def test_what_holds_passes() -> None:
    expect([1], "never")
    equal("x", {"a": 1}, {"a": 1})
    contains("x", "one two three", "one", "three")
    lacks("x", "one", "two")
    assert matches("x", "12 of 30", r"(\d+) of (\d+)")[2] == "30"
    within("x", 104, 100, 0.05)
    no_problems("x", [])


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: expect([], "nothing there"), "nothing there"),
        (lambda: equal("status", 500, 200), "status is 500, not 200"),
        (lambda: contains("text", "b a", "a", "b"), 'text lacks "b" at its place'),
        (lambda: contains("text", "a", "b"), 'text lacks "b": "a"'),
        (lambda: lacks("text", "a b", "b"), 'text contains "b"'),
        (lambda: matches("text", "a", "x+"), "text does not match /x+/"),
        (lambda: within("count", 130, 100, 0.25), "count is 130, 30% away from 100"),
        (lambda: no_problems("stream", ["a"] * 7), "stream: a; a; a; a; a (and 2 more)"),
    ],
)
def test_what_does_not_is_said_with_both_values(act: Callable[[], object], said: str) -> None:
    with pytest.raises(CaseFailed) as caught:
        act()
    assert said in str(caught.value)


@given(st.recursive(st.none() | st.text() | st.binary() | st.integers(), st.lists, max_leaves=30))
def test_any_value_can_be_shown_shortly(value: object) -> None:
    assert len(shown(value)) <= 160
