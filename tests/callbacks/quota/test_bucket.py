"""The bucket refills evenly, keeps its margin, and never admits more than its rate allows."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from callbacks.quota.bucket import Bucket


def test_a_full_bucket_gives_at_once_and_refills_evenly() -> None:
    bucket = Bucket.full(10, 60, 0)
    bucket.take(10, 0)
    assert bucket.level_at(0) == 0
    assert bucket.level_at(30) == 5
    assert bucket.level_at(600) == 10
    assert bucket.wait_s(1, 0, 0) == 6


def test_the_margin_stays_in_the_bucket() -> None:
    bucket = Bucket.full(10, 60, 0)
    bucket.take(8, 0)
    assert bucket.wait_s(1, 0.2, 0) == 6
    assert bucket.wait_s(1, 0.0, 0) == 0


def test_a_need_that_fits_only_the_whole_bucket_may_use_the_margin() -> None:
    assert Bucket.full(10, 60, 0).wait_s(9.5, 0.2, 0) == 0


def test_a_need_larger_than_the_bucket_waits_for_ever() -> None:
    assert math.isinf(Bucket.full(10, 60, 0).wait_s(11, 0, 0))


def test_a_clock_that_goes_back_refills_nothing() -> None:
    bucket = Bucket.full(10, 60, 100)
    bucket.take(10, 100)
    assert bucket.level_at(50) == 0


def test_what_was_spent_stays_spent_when_the_limit_changes() -> None:
    bucket = Bucket.full(10, 60, 0)
    bucket.take(4, 0)
    bucket.set_capacity(100, 60, 0)
    assert bucket.level_at(0) == 96
    bucket.set_level(500, 0)
    assert bucket.level_at(0) == 100
    assert bucket.remaining_share(0) == 1.0


@given(
    needs=st.lists(st.tuples(st.floats(0.1, 10), st.floats(0, 30)), max_size=40),
    margin=st.floats(0, 0.9),
)
def test_admissions_never_exceed_the_capacity_plus_the_refill(
    needs: list[tuple[float, float]], margin: float
) -> None:
    bucket = Bucket.full(10, 60, 0)
    now = taken = 0.0
    for need, pause in needs:
        now += pause
        if bucket.wait_s(need, margin, now) == 0:
            bucket.take(need, now)
            taken += need
        assert taken <= 10 + now * 10 / 60 + 1e-6
        assert -1e-9 <= bucket.level_at(now) <= 10


@given(need=st.floats(0.1, 10), spent=st.floats(0, 10), margin=st.floats(0, 0.9))
def test_the_stated_wait_is_enough(need: float, spent: float, margin: float) -> None:
    bucket = Bucket.full(10, 60, 0)
    bucket.take(spent, 0)
    wait_s = bucket.wait_s(need, margin, 0)
    assert bucket.wait_s(need, margin, wait_s + 1e-6) == 0
