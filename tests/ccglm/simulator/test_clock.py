from datetime import UTC, datetime, timedelta

import pytest

from ccglm.simulator.clock import Clock


def test_advancing_moves_both_kinds_of_time() -> None:
    clock = Clock()
    before_s = clock.monotonic_s()
    clock.advance(3_600)
    assert clock.monotonic_s() - before_s >= 3_600
    assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)


def test_the_clock_never_goes_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(-1)


def test_a_reset_comes_back_to_real_time() -> None:
    clock = Clock()
    clock.advance(3_600)
    clock.reset()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
