from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.stop_sequences import StopMatcher, cut_at_stop, silent_stop

LETTERS = st.text("ab<", max_size=12)
SEQUENCES = st.lists(st.text("ab<", max_size=3), max_size=4)


@given(LETTERS, SEQUENCES, st.lists(st.integers(0, 12), max_size=6))
def test_the_cut_does_not_depend_on_the_pieces(
    text: str, stops: list[str], cuts: list[int]
) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    matcher = StopMatcher(stops)
    shown = "".join(matcher.feed(text[a:b]) for a, b in pairwise(edges))
    shown += matcher.finish()
    assert (shown, matcher.found) == cut_at_stop(text, stops)
    assert not any(stop and stop in shown for stop in stops)
    assert text.startswith(shown)
    if matcher.found is None:
        assert shown == text
    else:
        assert text[len(shown) :].startswith(matcher.found)


def test_only_a_possible_beginning_is_held_back() -> None:
    matcher = StopMatcher(["</block>", "END"])
    assert matcher.feed("a b </blo") == "a b "
    assert matcher.feed("ck") == ""
    assert matcher.feed("s>") == "</blocks>"
    assert matcher.feed("E") == ""
    assert matcher.finish() == "E"
    assert matcher.feed("END more") == ""
    assert matcher.found == "END"
    assert matcher.feed("x") == ""


@pytest.mark.parametrize(
    ("text", "stops", "found"),
    [
        ("<block>no", ["</block>"], "</block>"),
        ("<block id='1'>no", ["x", "</block>"], "</block>"),
        ("<block>no</block><block>", ["\n</block>\n"], "\n</block>\n"),
        ("<block>no</block>", ["</block>"], None),
        ("<blocks>no", ["</block>"], None),
        ("no", ["</block>"], None),
        ("<block>no", ["END", "\n\n"], None),
    ],
)
def test_a_silent_stop_is_told_only_where_the_text_shows_it(
    text: str, stops: list[str], found: str | None
) -> None:
    assert silent_stop(text, stops) == found
