from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.calibration import Calibration
from callbacks.translate.tokens import estimate_tokens
from tests.callbacks.translate.test_tokens import CODE, PROSE, counted, request


def test_before_the_first_pair_nothing_is_changed() -> None:
    assert Calibration().ratio == 1.0


@pytest.mark.parametrize(("estimate", "reported"), [(0, 5), (5, 0), (-1, 5), (5, -1)])
def test_counts_that_are_none_are_left_out(estimate: int, reported: int) -> None:
    calibration = Calibration()
    calibration.observe(estimate, reported)
    assert calibration.pairs == ()
    assert calibration.ratio == 1.0


def test_mistakes_do_not_spoil_it() -> None:
    good = [(1_000, 1_300)] * 15
    assert Calibration([*good, (1_000, 90), (1_000, 40_000)]).ratio == pytest.approx(1.3)


def test_old_pairs_are_forgotten() -> None:
    calibration = Calibration([(100, 100)] * 10, window=10)
    for _ in range(10):
        calibration.observe(100, 200)
    assert calibration.ratio == 2.0
    assert len(calibration.pairs) == 10
    assert Calibration(calibration.pairs).ratio == 2.0


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=60))
def test_it_never_breaks_and_stays_between_what_it_saw(pairs: list[tuple[int, int]]) -> None:
    ratios = [said / guess for guess, said in pairs]
    assert min(ratios) * 0.999 <= Calibration(pairs).ratio <= max(ratios) * 1.001


@pytest.mark.parametrize("seed", range(5))
def test_after_twenty_requests_of_a_session_it_is_within_five_percent(seed: int) -> None:
    """A session like the client's: the same system prompt and tools, a history of prose and code that grows."""
    rng = random.Random(seed)
    calibration = Calibration()
    turns: list[str] = []
    for _ in range(20):
        turns.append(rng.choice([PROSE, CODE])[: rng.randrange(200, 4_000)])
        body = request(PROSE * 3, *turns, tools=rng.choice([20, 22]))
        calibration.observe(estimate_tokens(body), counted(body))
    for text in (PROSE, CODE):
        body = request(PROSE * 3, *turns, text, tools=20)
        assert estimate_tokens(body) * calibration.ratio == pytest.approx(counted(body), rel=0.05)
