from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.buckets import Bucket, Need, first_shortage

STEPS = st.lists(st.tuples(st.floats(0, 30), st.floats(0, 50)), max_size=30)


def test_a_bucket_refills_continuously() -> None:
    bucket = Bucket(60, 60, now_s=0)
    bucket.take(60, 0)
    assert bucket.level(0) == 0
    assert bucket.level(1) == 1
    assert bucket.seconds_until(10, 1) == 9
    assert bucket.seconds_until_full(0) == 60


def test_more_than_the_capacity_never_comes() -> None:
    assert Bucket(10, 60, now_s=0).seconds_until(11, 0) == float("inf")


def test_what_is_given_back_never_exceeds_the_capacity() -> None:
    bucket = Bucket(10, 60, now_s=0)
    bucket.take(5, 0)
    bucket.give_back(50, 0)
    assert bucket.level(0) == 10


def test_a_level_below_zero_recovers_at_the_same_speed() -> None:
    bucket = Bucket(60, 60, now_s=0)
    bucket.take(90, 0)
    assert bucket.level(0) == -30
    assert bucket.level(31) == 1


@given(STEPS)
def test_admitted_amounts_never_exceed_capacity_plus_refill(
    steps: list[tuple[float, float]],
) -> None:
    bucket, now_s, taken = Bucket(40, 60, now_s=0), 0.0, 0.0
    for wait_s, amount in steps:
        now_s += wait_s
        if bucket.seconds_until(amount, now_s) == 0:
            bucket.take(amount, now_s)
            taken += amount
    assert taken <= 40 + now_s * 40 / 60 + 1e-6


@given(STEPS, st.floats(0, 40))
def test_the_announced_wait_is_enough(steps: list[tuple[float, float]], amount: float) -> None:
    bucket, now_s = Bucket(40, 60, now_s=0), 0.0
    for wait_s, size in steps:
        now_s += wait_s
        bucket.take(size, now_s)
    later_s = now_s + bucket.seconds_until(amount, now_s)
    assert bucket.level(later_s) >= amount - 1e-6


def test_the_first_bucket_with_too_little_is_named() -> None:
    full, empty = Bucket(10, 60, now_s=0), Bucket(10, 60, now_s=0)
    empty.take(10, 0)
    short = Need("tokens", empty, 5)
    assert first_shortage([Need("requests", full, 1), short], 0) is short
    assert first_shortage([Need("requests", full, 1), short], 60) is None
