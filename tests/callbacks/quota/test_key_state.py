"""One key: whether it rests, how much it takes at once, and why it cannot take a request."""

from __future__ import annotations

import math

from callbacks.dialects.causes import Cause
from callbacks.quota.key_quota import KeyQuota, Limit, Need, Unit
from callbacks.quota.key_state import CEILING_GROWS_EVERY_S, KeyState
from tests.helpers.quota import a_fault

RPM = Limit(Unit.REQUESTS, "minute")
TPM = Limit(Unit.TOKENS, "minute")
SMALL = Need(10)


def a_state(**limits: float) -> KeyState:
    plan = {RPM: limits.get("rpm", 10.0), TPM: limits.get("tpm", 1000.0)}
    return KeyState("cerebras/glm", "KEY", "cerebras/glm#1", KeyQuota.from_plan(plan, 0))


def test_a_fresh_key_can_take_a_request() -> None:
    state = a_state()
    assert (state.provider, state.model) == ("cerebras", "glm")
    assert not state.resting(0)
    assert state.standing_fault(SMALL, 0) is None


def test_a_resting_key_names_its_fault_and_the_rest_of_its_pause() -> None:
    state = a_state()
    state.fault = a_fault(Cause.REQUEST_QUOTA, retry_after_s=58.0)
    state.quota.cool(58, "request_quota")
    fault = state.standing_fault(SMALL, 20)
    assert fault is not None
    assert (fault.cause, fault.retry_after_s) == (Cause.REQUEST_QUOTA, 38)
    assert state.resting(57)
    assert not state.resting(59)
    state.due = True
    assert state.resting(59)


def test_a_pause_for_good_is_told_as_it_was() -> None:
    state = a_state()
    state.fault = a_fault(Cause.AUTH)
    state.quota.cool(math.inf, "auth")
    assert state.standing_fault(SMALL, 0) is state.fault


def test_used_up_quotas_say_which_and_for_how_long() -> None:
    state = a_state(rpm=1)
    state.quota.reserve(SMALL, 0)
    fault = state.standing_fault(SMALL, 0)
    assert fault is not None
    assert (fault.cause, fault.retry_after_s) == (Cause.REQUEST_QUOTA, 60)
    assert "requests a minute" in fault.detail
    tokens = a_state().standing_fault(Need(2000), 0)
    assert tokens is not None
    assert (tokens.cause, tokens.retry_after_s) == (Cause.OVERSIZE_REQUEST, None)
    assert "1,000 tokens a minute" in tokens.detail


def test_a_prompt_longer_than_the_window_is_told_so_that_the_client_compacts() -> None:
    state = a_state()
    state.context_tokens = 1500
    longer = state.standing_fault(Need(2000), 0)
    assert longer is not None
    assert longer.cause is Cause.CONTEXT_OVERFLOW
    assert longer.detail == "prompt is too long: 2000 tokens > 1500 maximum"
    state.context_tokens = 3000
    fitting = state.standing_fault(Need(2000), 0)
    assert fitting is not None
    assert fitting.cause is Cause.OVERSIZE_REQUEST


def test_the_margin_is_told_by_its_unit() -> None:
    state = a_state()
    state.quota.reserve(Need(400), 0)
    assert state.margin_fault(Need(500), 0.2, 0).cause is Cause.TOKEN_QUOTA
    assert state.margin_fault(SMALL, 0.2, 0).cause is Cause.REQUEST_QUOTA


def test_a_refusal_for_too_many_at_once_lowers_the_ceiling_for_a_while() -> None:
    state = a_state()
    for _ in range(4):
        state.quota.reserve(SMALL, 0)
    state.lower_ceiling(0)
    assert state.places(0) == 3
    fault = state.standing_fault(SMALL, 0)
    assert fault is not None
    assert fault.cause is Cause.CONCURRENCY
    state.lower_ceiling(0)
    assert state.places(0) == 2
    assert state.places(CEILING_GROWS_EVERY_S) == 3
    state.concurrency = 1
    assert state.places(1e6) == 1


def test_one_request_at_a_time_is_always_allowed() -> None:
    state = a_state()
    state.quota.reserve(SMALL, 0)
    for _ in range(5):
        state.lower_ceiling(0)
    assert state.places(0) == 1
