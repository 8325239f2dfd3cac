from datetime import UTC, datetime

import pytest

from ccglm.simulator.buckets import Need
from ccglm.simulator.cerebras_limits import (
    Admission,
    CerebrasLimiter,
    Limits,
    TokenNeed,
    limits_for,
    refusal_for,
    reserved_tokens,
)
from ccglm.simulator.knobs import Knobs

OWNER = ("org", "zai-glm-4.7")
NOW = datetime(2026, 11, 21, 12, 0, 15, tzinfo=UTC)


def admit(
    limiter: CerebrasLimiter, limits: Limits, need: TokenNeed, now_s: float = 0.0
) -> Admission | Need:
    return limiter.admit(OWNER, limits, need, now_s=now_s)


def test_plans_are_the_published_numbers() -> None:
    free = limits_for("qwen-3.8-27b", Knobs(cerebras_plan="free_trial"))
    paid = limits_for("qwen-3.8-27b", Knobs())
    assert (free.requests_minute, free.uncached_minute, free.total_minute) == (5, 30_000, 90_000)
    assert (paid.requests_minute, paid.uncached_minute, paid.total_minute) == (
        300,
        150_000,
        750_000,
    )


def test_knobs_replace_single_limits_and_zero_removes_one() -> None:
    limits = limits_for("gpt-oss-120b", Knobs(cerebras_rpm=10, cerebras_tpm=0))
    assert (limits.requests_minute, limits.uncached_minute, limits.total_minute) == (
        10,
        0,
        3_000_000,
    )


def test_a_dedicated_endpoint_has_no_limits_of_its_own() -> None:
    assert limits_for("acme-glm-5-1", Knobs()) == Limits()


@pytest.mark.parametrize(("asked", "reserved"), [(None, 16_384), (32_000, 16_384), (100, 100)])
def test_the_reservation_is_capped(asked: int | None, reserved: int) -> None:
    assert reserved_tokens(asked) == reserved


def test_ten_requests_a_minute_come_back_one_every_six_seconds() -> None:
    limiter, limits = CerebrasLimiter(), Limits(requests_minute=10)
    need = TokenNeed(prompt=10, cached=0, reserved=10)
    verdicts = [isinstance(admit(limiter, limits, need), Admission) for _ in range(11)]
    assert verdicts == [True] * 10 + [False]
    assert isinstance(admit(limiter, limits, need, now_s=5.9), Need)
    assert isinstance(admit(limiter, limits, need, now_s=6.0), Admission)


def test_cached_tokens_cost_only_the_total_bucket() -> None:
    limits = Limits(uncached_minute=1_000, total_minute=3_000)
    need = TokenNeed(prompt=1_500, cached=1_024, reserved=100)
    limiter = CerebrasLimiter()
    assert isinstance(admit(limiter, limits, need), Admission)
    shortage = admit(limiter, limits, need)
    assert isinstance(shortage, Need)
    assert shortage.name == "uncached_minute"
    cached = TokenNeed(prompt=1_500, cached=1_500, reserved=0)
    assert isinstance(admit(limiter, limits, cached), Need)


def test_a_refused_request_takes_nothing() -> None:
    limiter, limits = CerebrasLimiter(), Limits(requests_minute=5, uncached_minute=100)
    assert isinstance(admit(limiter, limits, TokenNeed(200, 0, 0)), Need)
    need = TokenNeed(20, 0, 0)
    assert all(isinstance(admit(limiter, limits, need), Admission) for _ in range(5))


def test_what_was_reserved_and_not_used_comes_back() -> None:
    limiter, limits = CerebrasLimiter(), Limits(requests_minute=1_000, uncached_minute=20_000)
    need = TokenNeed(prompt=1_000, cached=0, reserved=16_384)
    first = admit(limiter, limits, need)
    assert isinstance(first, Admission)
    assert isinstance(admit(limiter, limits, need), Need)
    first.settle(384, 0.0)
    assert isinstance(admit(limiter, limits, need), Admission)


def test_organisations_and_models_have_buckets_of_their_own() -> None:
    limiter, limits = CerebrasLimiter(), Limits(requests_minute=1)
    need = TokenNeed(1, 0, 1)
    owners = [("a", "m"), ("b", "m"), ("a", "n")]
    assert all(
        isinstance(limiter.admit(owner, limits, need, now_s=0), Admission) for owner in owners
    )
    assert isinstance(limiter.admit(("a", "m"), limits, need, now_s=0), Need)
    limiter.clear()
    assert isinstance(limiter.admit(("a", "m"), limits, need, now_s=0), Admission)


def headers(knobs: Knobs) -> dict[str, str]:
    limits = limits_for("zai-glm-4.7", knobs)
    return dict(CerebrasLimiter().headers(OWNER, limits, knobs, now_s=0, now=NOW))


def test_the_documented_headers_are_six_with_resets_in_float_seconds() -> None:
    assert headers(Knobs(cerebras_plan="free_trial")) == {
        "x-ratelimit-limit-requests-day": "2400",
        "x-ratelimit-remaining-requests-day": "2400",
        "x-ratelimit-reset-requests-day": "43185.0",
        "x-ratelimit-limit-tokens-minute": "30000",
        "x-ratelimit-remaining-tokens-minute": "30000",
        "x-ratelimit-reset-tokens-minute": "45.0",
    }


def test_measured_headers_add_the_other_periods_and_none_leaves_all_out() -> None:
    measured = headers(Knobs(cerebras_plan="free_trial", ratelimit_headers="measured"))
    assert measured["x-ratelimit-limit-requests-minute"] == "5"
    assert measured["x-ratelimit-limit-requests-hour"] == "150"
    assert measured["x-ratelimit-remaining-tokens-day"] == "1000000"
    assert headers(Knobs(ratelimit_headers="none")) == {}


def test_the_reset_can_be_the_time_until_refilled() -> None:
    knobs = Knobs(cerebras_plan="free_trial").patched({"guess.reset_header": "refill"})
    limiter, limits = CerebrasLimiter(), limits_for("zai-glm-4.7", knobs)
    limiter.admit(OWNER, limits, TokenNeed(5_000, 0, 10_000), now_s=0)
    found = dict(limiter.headers(OWNER, limits, knobs, now_s=0, now=NOW))
    assert found["x-ratelimit-reset-tokens-minute"] == "30.0"
    assert found["x-ratelimit-remaining-tokens-minute"] == "15000"


def test_remaining_is_never_below_zero() -> None:
    knobs, limiter = Knobs(cerebras_tpm=100), CerebrasLimiter()
    limits = limits_for("zai-glm-4.7", knobs)
    admission = limiter.admit(OWNER, limits, TokenNeed(10, 0, 10), now_s=0)
    assert isinstance(admission, Admission)
    admission.settle(500, 0)
    found = dict(limiter.headers(OWNER, limits, knobs, now_s=0, now=NOW))
    assert found["x-ratelimit-remaining-tokens-minute"] == "0"


@pytest.mark.parametrize(
    ("limits", "code", "period"),
    [
        (Limits(requests_hour=1), "request_quota_exceeded", "Requests per hour"),
        (Limits(tokens_day=1), "token_quota_exceeded", "Tokens per day"),
        (Limits(total_minute=1), "token_quota_exceeded", "Tokens per minute"),
    ],
)
def test_the_refusal_names_the_period(limits: Limits, code: str, period: str) -> None:
    limiter, need = CerebrasLimiter(), TokenNeed(2, 0, 2)
    admit(limiter, limits, need)
    shortage = admit(limiter, limits, need)
    assert isinstance(shortage, Need)
    refused = refusal_for(shortage, Knobs(), 0.0)
    assert refused.code == code
    assert refused.message.startswith(period)
