"""Pauses over a restart: what is kept, for whom, and what is not believed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.causes import Cause
from callbacks.quota.key_quota import KeyQuota
from callbacks.quota.key_state import KeyState
from callbacks.quota.persistence import (
    PREFIX,
    fingerprint,
    from_values,
    state_key,
    to_value,
)
from tests.helpers.quota import START, a_fault


def a_state() -> KeyState:
    state = KeyState("cerebras/zai-glm-4.7", "CEREBRAS_API_KEY", "x#1", KeyQuota())
    state.fault = a_fault(Cause.REQUEST_QUOTA, "no more", status=429)
    state.strikes, state.api_key = 3, "csk-secret-secret"
    return state


@given(st.floats(0, 1e6), st.sampled_from(list(Cause)), st.text(), st.integers(0, 99))
def test_a_pause_comes_back_as_it_was(
    left_s: float, cause: Cause, detail: str, strikes: int
) -> None:
    state = a_state()
    state.fault, state.strikes = a_fault(cause, detail, status=429), strikes
    name = state_key(state)
    assert name.startswith(PREFIX)
    saved = from_values({name: to_value(state, left_s, START)}, {name: state})[name]
    assert abs((saved.until - START).total_seconds() - left_s) < 0.001
    assert (saved.fault.cause, saved.fault.detail, saved.fault.status) == (cause, detail, 429)
    assert saved.strikes == strikes
    assert saved.fingerprint == fingerprint("csk-secret-secret")


def test_the_key_itself_is_never_kept() -> None:
    assert "csk-secret" not in str(to_value(a_state(), 5, START))
    assert fingerprint("a") != fingerprint("b")


@pytest.mark.parametrize(
    "value",
    [None, [], {}, {"until": "yesterday"}, {"until": START.isoformat(), "cause": "new_cause", "detail": "", "status": 1, "strikes": 0, "key": ""}],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(value: Any) -> None:
    state = a_state()
    assert from_values({state_key(state): value}, {state_key(state): state}) == {}


def test_pauses_of_keys_that_are_gone_are_left_out() -> None:
    state = a_state()
    kept = {state_key(state): to_value(state, timedelta(hours=1).total_seconds(), START)}
    assert from_values(kept, {}) == {}
