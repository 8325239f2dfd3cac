"""Cerebras' rate-limit headers, all of which may be missing or odd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.cerebras import Cerebras
from callbacks.dialects.cerebras_limits import limits_in, reset_of
from callbacks.quota.key_quota import Limit, Observation, Unit

HEADERS = {
    "x-ratelimit-limit-requests-day": "2400",
    "x-ratelimit-remaining-requests-day": "2399",
    "x-ratelimit-reset-requests-day": "33011.382729768753",
    "x-ratelimit-limit-tokens-minute": "30000",
    "x-ratelimit-remaining-tokens-minute": "28864",
    "x-ratelimit-reset-tokens-minute": "11.382729768753052",
}


def test_the_documented_headers_are_read() -> None:
    assert Cerebras().quota(HEADERS) == [
        Observation(Limit(Unit.REQUESTS, "day"), 2400, 2399),
        Observation(Limit(Unit.TOKENS, "minute"), 30_000, 28_864),
    ]


def test_the_measured_headers_are_read() -> None:
    names = ("requests-minute", "requests-hour", "tokens-hour", "tokens-day")
    found = limits_in({f"x-ratelimit-remaining-{name}": "5" for name in names})
    assert [str(seen.limit) for seen in found] == [
        "requests/minute", "requests/hour", "total_tokens/hour", "total_tokens/day",
    ]  # fmt: skip
    assert {seen.capacity for seen in found} == {None}


@given(st.dictionaries(st.sampled_from(sorted(HEADERS)), st.text() | st.floats().map(str)))
def test_odd_headers_are_no_numbers_or_sane_ones(headers: dict[str, str]) -> None:
    for seen in limits_in(headers):
        assert all(v is None or 0 <= v < float("inf") for v in (seen.capacity, seen.remaining))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Tokens per minute limit exceeded - too many tokens processed.", "11.382729768753052"),
        ("Requests per day limit exceeded", "33011.382729768753"),
        ("Tokens per day limit exceeded", None),
        ("We're experiencing high traffic right now!", None),
    ],
)
def test_the_reset_is_of_the_limit_that_is_named(message: str, expected: str | None) -> None:
    assert reset_of(message, HEADERS) == expected


def test_a_reset_that_is_no_number_is_none() -> None:
    headers = {"x-ratelimit-reset-tokens-minute": "soon"}
    assert reset_of("Tokens per minute", headers) is None
