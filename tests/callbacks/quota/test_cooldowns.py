"""How long a key rests: what the provider says, else by cause, longer each time."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.causes import RULES, Cause, Lasting
from callbacks.quota.cooldowns import (
    LONGEST_SHORT_PAUSE_S,
    LONGEST_UNSTATED_PAUSE_S,
    Pause,
    exhausted,
    pause_for,
)
from callbacks.quota.key_quota import Unit
from tests.helpers.quota import START, a_fault


def length(cause: Cause, strikes: int = 0, **rest: Any) -> float | None:
    pause = pause_for(a_fault(cause, **rest), strikes, START)
    return None if pause is None else pause.length_s


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_pause_as_long_as_the_table_says(cause: Cause) -> None:
    pause = pause_for(a_fault(cause), 0, START)
    lasting = RULES[cause].lasting
    if lasting is Lasting.REQUEST or cause is Cause.CONCURRENCY:
        assert pause is None
    else:
        assert pause is not None
        assert pause.for_good == (lasting is Lasting.FIXED)
        assert pause.length_s >= 1


def test_what_the_provider_states_wins() -> None:
    assert length(Cause.REQUEST_QUOTA, retry_after_s=58.0) == 58
    assert length(Cause.PLAN_QUOTA, until=START + timedelta(hours=3)) == 3 * 3600
    assert length(Cause.SERVER_ERROR, strikes=5, retry_after_s=7.0) == 7
    assert length(Cause.REQUEST_QUOTA, retry_after_s=0.0) == 1
    assert length(Cause.PLAN_QUOTA, until=START - timedelta(hours=1)) == 1
    assert length(Cause.PLAN_QUOTA, until=START + timedelta(days=400)) == 8 * 86_400


def test_unstated_pauses_grow_with_faults_in_a_row() -> None:
    assert [length(Cause.SERVER_ERROR, n) for n in (0, 1, 2, 3)] == [1, 2, 4, 8]
    assert [length(Cause.OVERLOADED, n) for n in (0, 1, 20)] == [2, 4, LONGEST_SHORT_PAUSE_S]
    assert [length(Cause.TOKEN_QUOTA, n) for n in (0, 1, 9)] == [60, 120, LONGEST_UNSTATED_PAUSE_S]


@given(st.sampled_from(list(Cause)), st.integers(0, 10_000))
def test_a_pause_is_never_shorter_after_one_more_fault(cause: Cause, strikes: int) -> None:
    assert (length(cause, strikes) or 0) <= (length(cause, strikes + 1) or 0)


def test_what_is_about_the_key_is_for_all_its_models() -> None:
    assert pause_for(a_fault(Cause.AUTH), 0, START) == Pause(math.inf, key_wide=True)
    assert pause_for(a_fault(Cause.MODEL_MISSING), 0, START) == Pause(math.inf, key_wide=False)


@pytest.mark.parametrize(
    ("cause", "detail", "expected"),
    [
        (Cause.REQUEST_QUOTA, "Requests per minute limit exceeded", (Unit.REQUESTS, "minute")),
        (Cause.TOKEN_QUOTA, "Tokens per DAY limit exceeded", (Unit.TOKENS, "day")),
        (Cause.TOKEN_QUOTA, "slow down", (Unit.TOKENS, None)),
        (Cause.SERVER_ERROR, "Tokens per day", None),
    ],
)
def test_what_ran_out_is_read_from_the_words(cause: Cause, detail: str, expected: object) -> None:
    assert exhausted(a_fault(cause, detail)) == expected
