"""The cause table and what the client is told at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.causes import (
    MAX_RETRY_AFTER_S,
    RULES,
    Cause,
    Fault,
    Lasting,
    verdict_of,
)

CAUSES = st.sampled_from(list(Cause))


def a_fault(cause: Cause, **changes: object) -> Fault:
    facts: dict[str, object] = {
        "provider": "cerebras", "model": "zai-glm-4.7", "key_label": "CEREBRAS_API_KEY", "detail": "because",
    }  # fmt: skip
    return Fault(cause=cause, **{**facts, **changes})  # pyright: ignore[reportArgumentType]


def test_every_cause_has_a_row() -> None:
    assert set(RULES) == set(Cause)


@pytest.mark.parametrize("cause", Cause)
def test_no_cause_reaches_the_client_as_401(cause: Cause) -> None:
    assert RULES[cause].client_status != 401


@pytest.mark.parametrize("cause", [Cause.AUTH, Cause.PERMISSION, Cause.PAYMENT, Cause.BALANCE])
def test_a_refused_key_is_named_by_provider_label_and_status(cause: Cause) -> None:
    verdict = verdict_of([a_fault(cause, status=401)])
    assert "Cerebras" in verdict.message
    assert "CEREBRAS_API_KEY" in verdict.message
    assert "HTTP 401" in verdict.message
    assert verdict.status in (402, 403)
    assert not verdict.should_retry


def test_a_long_retry_after_is_capped() -> None:
    verdict = verdict_of([a_fault(Cause.REQUEST_QUOTA, status=429, retry_after_s=3600.0)])
    assert verdict.retry_after_s == MAX_RETRY_AFTER_S


def test_what_passes_soonest_decides_and_everybody_is_named() -> None:
    quota = a_fault(Cause.TOKEN_QUOTA, status=429, retry_after_s=11.4)
    refused = a_fault(Cause.AUTH, provider="zai", key_label="ZAI_API_KEY", status=401)
    verdict = verdict_of([quota, refused])
    assert (verdict.status, verdict.error_type) == (429, "rate_limit_error")
    assert verdict.retry_after_s == 12
    assert verdict.message.startswith("Cerebras has no tokens left")
    assert "Z.ai refused the key in `ZAI_API_KEY`" in verdict.message


def test_an_overflow_speaks_for_all() -> None:
    quota = a_fault(Cause.REQUEST_QUOTA, status=429)
    overflow = a_fault(Cause.CONTEXT_OVERFLOW, detail="prompt is too long: 9 tokens > 8 maximum")
    verdict = verdict_of([overflow, quota])
    assert verdict.status == 400
    assert verdict.message == "prompt is too long: 9 tokens > 8 maximum"


def test_a_named_reset_time_becomes_a_wait() -> None:
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    fault = a_fault(Cause.PLAN_QUOTA, until=now + timedelta(seconds=30))
    assert fault.wait_s(now) == 30.0


def test_a_request_that_never_fits_is_not_sent_again() -> None:
    verdict = verdict_of([a_fault(Cause.OVERSIZE_REQUEST, status=429)])
    assert not verdict.should_retry
    assert verdict.retry_after_s is None


@given(st.lists(CAUSES, min_size=1, max_size=6))
def test_a_verdict_is_always_honest(causes: list[Cause]) -> None:
    faults = [a_fault(cause, status=503, detail=f"reason {i}") for i, cause in enumerate(causes)]
    verdict = verdict_of(faults)
    assert verdict.status in {RULES[cause].client_status for cause in causes}
    assert verdict.retry_after_s is None or 1 <= verdict.retry_after_s <= MAX_RETRY_AFTER_S
    if any(RULES[cause].lasting in (Lasting.SHORT, Lasting.STATED) for cause in causes):
        assert verdict.should_retry or verdict.status == 400
    assert verdict.message
