"""Cerebras' rate limits: which buckets a request needs, what the headers say.

Per organisation and model, token buckets with continuous refill (rate limit documentation, edition
with two token buckets, autumn 2026). A request is admitted against its estimated prompt plus a
reservation for the completion; 16,384 tokens at most and when no maximum is given (measured by a
client project, 2026-09-04).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ccglm.simulator.buckets import Bucket, Need, first_shortage
from ccglm.simulator.cerebras_errors import request_quota, token_quota

if TYPE_CHECKING:
    from datetime import datetime

    from ccglm.simulator.answer import Headers, Refused
    from ccglm.simulator.knobs import Knobs

RESERVE_CAP_TOKENS = 16_384
_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3_600.0, 86_400.0


@dataclass(frozen=True)
class Limits:
    """Capacity of each bucket; 0 is no limit."""

    requests_minute: int = 0
    requests_hour: int = 0
    requests_day: int = 0
    uncached_minute: int = 0
    total_minute: int = 0
    tokens_hour: int = 0
    tokens_day: int = 0


_FREE = Limits(5, 150, 2_400, 30_000, 90_000, 1_000_000, 1_000_000)
_PLANS: dict[str, dict[str, Limits]] = {
    "free_trial": {"gpt-oss-120b": _FREE, "qwen-3.8-27b": _FREE, "zai-glm-4.7": _FREE},
    "developer": {
        "gpt-oss-120b": Limits(1_000, 0, 1_440_000, 1_000_000, 3_000_000),
        "qwen-3.8-27b": Limits(300, 0, 432_000, 150_000, 750_000),
        "zai-glm-4.7": Limits(500, 0, 720_000, 500_000, 1_500_000),
    },
}
"""Numbers as published; the daily request limits of the developer plan are the minute's times 1,440."""

_PERIODS = {
    "requests_minute": _MINUTE_S,
    "requests_hour": _HOUR_S,
    "requests_day": _DAY_S,
    "uncached_minute": _MINUTE_S,
    "total_minute": _MINUTE_S,
    "tokens_hour": _HOUR_S,
    "tokens_day": _DAY_S,
}
_KNOB_OF = {
    "requests_minute": "cerebras_rpm",
    "requests_hour": "cerebras_rph",
    "requests_day": "cerebras_rpd",
    "uncached_minute": "cerebras_tpm",
    "total_minute": "cerebras_total_tpm",
    "tokens_hour": "cerebras_tph",
    "tokens_day": "cerebras_tpd",
}
_DOCUMENTED = (("requests-day", "requests_day"), ("tokens-minute", "uncached_minute"))
_MEASURED = (
    ("requests-minute", "requests_minute"),
    ("requests-hour", "requests_hour"),
    ("tokens-hour", "tokens_hour"),
    ("tokens-day", "tokens_day"),
)


def limits_for(model: str, knobs: Knobs) -> Limits:
    """Return the limits of a model: the plan's, with single ones replaced by knobs.

    Models the plan does not list (dedicated endpoints) have no limits of their own.
    """
    plan = _PLANS[knobs.cerebras_plan].get(model, Limits())
    given = {name: getattr(knobs, knob) for name, knob in _KNOB_OF.items()}
    return replace(plan, **{name: value for name, value in given.items() if value is not None})


def reserved_tokens(max_tokens: int | None) -> int:
    """Return how many completion tokens are reserved for a request."""
    return RESERVE_CAP_TOKENS if max_tokens is None else min(max_tokens, RESERVE_CAP_TOKENS)


@dataclass(frozen=True)
class Admission:
    """An admitted request: what it took, so that the unused part can be given back."""

    needs: tuple[Need, ...]
    reserved: int

    def settle(self, completion_tokens: int, now_s: float) -> None:
        """Give back what was reserved for the completion but not used."""
        for need in self.needs:
            if need.name not in ("requests_minute", "requests_hour", "requests_day"):
                need.bucket.give_back(self.reserved - completion_tokens, now_s)


class CerebrasLimiter:
    """The buckets of every organisation and model that was seen."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], dict[str, Bucket]] = {}

    def clear(self) -> None:
        """Refill everything."""
        self._buckets.clear()

    def admit(
        self, owner: tuple[str, str], limits: Limits, tokens: TokenNeed, *, now_s: float
    ) -> Admission | Need:
        """Admit a request and take what it needs, or name the bucket that has too little.

        Args:
            owner: Organisation and model.
            limits: The limits that hold now; changed limits start a full bucket.
            tokens: What the request needs.
            now_s: Monotonic seconds.
        """
        needs = tuple(
            Need(name, bucket, tokens.amount(name))
            for name, bucket in self._current(owner, limits, now_s).items()
        )
        shortage = first_shortage(needs, now_s)
        if shortage is not None:
            return shortage
        for need in needs:
            need.bucket.take(need.amount, now_s)
        return Admission(needs, tokens.reserved)

    def headers(
        self, owner: tuple[str, str], limits: Limits, knobs: Knobs, *, now_s: float, now: datetime
    ) -> Headers:
        """Return the x-ratelimit headers: counts, and resets in float seconds from now."""
        if knobs.ratelimit_headers == "none":
            return []
        buckets = self._current(owner, limits, now_s)
        headers: Headers = []
        for label, name in _DOCUMENTED:
            if name in buckets:
                headers += _counts(label, buckets[name], now_s)
                reset_s = _reset_s(buckets[name], knobs, now_s, now)
                headers.append((f"x-ratelimit-reset-{label}", repr(reset_s)))
        if knobs.ratelimit_headers == "measured":
            for label, name in _MEASURED:
                if name in buckets:
                    headers += _counts(label, buckets[name], now_s)
        return headers

    def _current(self, owner: tuple[str, str], limits: Limits, now_s: float) -> dict[str, Bucket]:
        buckets = self._buckets.setdefault(owner, {})
        for name, period_s in _PERIODS.items():
            capacity = getattr(limits, name)
            if not capacity:
                buckets.pop(name, None)
            elif name not in buckets or buckets[name].capacity != capacity:
                buckets[name] = Bucket(capacity, period_s, now_s)
        return buckets


@dataclass(frozen=True)
class TokenNeed:
    """Estimated size of a request in tokens."""

    prompt: int
    cached: int
    reserved: int

    def amount(self, bucket: str) -> int:
        """Return what the request takes from a bucket: one request, or so many tokens."""
        if bucket.startswith("requests"):
            return 1
        if bucket == "uncached_minute":
            return self.prompt - self.cached + self.reserved
        return self.prompt + self.reserved


def refusal_for(shortage: Need, knobs: Knobs, now_s: float) -> Refused:
    """Return the 429 of a bucket that has too little."""
    kind, period = shortage.name.split("_")
    wait_s = shortage.bucket.seconds_until(shortage.amount, now_s)
    if kind == "requests":
        return request_quota(period, wait_s, knobs)
    return token_quota(period, wait_s, knobs, bucket=kind if kind != "tokens" else "")


def _counts(label: str, bucket: Bucket, now_s: float) -> Headers:
    return [
        (f"x-ratelimit-limit-{label}", str(int(bucket.capacity))),
        (f"x-ratelimit-remaining-{label}", str(max(0, int(bucket.level(now_s))))),
    ]


def _reset_s(bucket: Bucket, knobs: Knobs, now_s: float, now: datetime) -> float:
    if knobs.guess.reset_header == "refill":
        return bucket.seconds_until_full(now_s)
    return bucket.period_s - now.timestamp() % bucket.period_s
