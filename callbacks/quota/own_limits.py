"""Limits that the user sets: for all requests together, for each client token, for all keys of a provider."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from callbacks.dialects.causes import Verdict, capped_retry_after
from callbacks.quota.key_quota import KeyQuota, Limit, Need, Unit
from callbacks.request_context import RequestContext
from litellm_config.hook_settings import RateLimits

MOST_TOKENS_KEPT = 10_000
"""Client tokens whose counts are remembered; the oldest are forgotten."""


@dataclass(slots=True)
class OwnLimit:
    """One limit of the user's, with what is used of it.

    Attributes:
        quota: Requests and tokens a minute.
        concurrency: Most requests at once, None for no limit.
    """

    quota: KeyQuota
    concurrency: int | None = None

    @classmethod
    def of(cls, limits: RateLimits, now_s: float) -> OwnLimit | None:
        """Return the limit, None when nothing is limited."""
        if limits == RateLimits():
            return None
        sizes = {
            Limit(Unit.REQUESTS, "minute"): limits.requests_per_minute,
            Limit(Unit.TOTAL_TOKENS, "minute"): limits.tokens_per_minute,
        }
        known = {limit: float(size) for limit, size in sizes.items() if size is not None}
        return cls(KeyQuota.from_plan(known, now_s), limits.concurrency)

    def obstacle(self, need: Need, now_s: float) -> tuple[float, str]:
        """Return the seconds until a request has room, and what is used up; (0.0, "") when it has."""
        if self.concurrency is not None and self.quota.in_flight >= self.concurrency:
            return 1.0, f"{self.concurrency} requests at once"
        wait_s, limit = self.quota.shortage(need, 0.0, now_s)
        if limit is None:
            return 0.0, ""
        return wait_s, f"{self.quota.buckets[limit].capacity:,.0f} {limit.words}"


@dataclass(slots=True)
class Gate:
    """What every request passes first.

    Attributes:
        proxy: Limits of all requests together.
        per_token: Limits of each client token.
        now_s: A clock that only goes forward.
    """

    proxy: RateLimits
    per_token: RateLimits
    now_s: Callable[[], float]
    _limits: dict[str, OwnLimit] = field(default_factory=dict[str, OwnLimit])
    _inside: dict[str, list[tuple[OwnLimit, int, Need]]] = field(
        default_factory=dict[str, list[tuple[OwnLimit, int, Need]]]
    )

    @property
    def open(self) -> bool:
        """Tell whether nothing is limited, so that nobody need be counted."""
        return self.proxy == RateLimits() and self.per_token == RateLimits()

    def enter(self, request_id: str, token: str, prompt_tokens: int) -> Verdict | None:
        """Let a request in, or return what it is told instead.

        Args:
            request_id: Under which it leaves.
            token: Name of the client's token, not the token itself.
            prompt_tokens: Estimated prompt, in tokens; the answer is counted when it is there.
        """
        now_s = self.now_s()
        need = Need(prompt_tokens)
        asked = (("", self.proxy, "this proxy"), (f"token {token}", self.per_token, "this token"))
        passing: list[OwnLimit] = []
        for name, limits, whose in asked:
            limit = self._limits.get(name) or OwnLimit.of(limits, now_s)
            if limit is None:
                continue
            self._keep(name, limit)
            wait_s, what = limit.obstacle(need, now_s)
            if wait_s > 0:
                return _refusal(whose, what, wait_s)
            passing.append(limit)
        self._inside[request_id] = [
            (each, each.quota.reserve(need, now_s), need) for each in passing
        ]
        return None

    def leave(self, context: RequestContext) -> None:
        """Count what a finished request took."""
        output = sum(hop.usage.output_tokens for hop in context.hops)
        for limit, ticket, need in self._inside.pop(context.request_id, ()):
            limit.quota.settle(ticket, Need(need.prompt_tokens, 0, output), self.now_s())

    def _keep(self, name: str, limit: OwnLimit) -> None:
        self._limits[name] = limit
        if len(self._limits) > MOST_TOKENS_KEPT:
            idle = next(
                (n for n, each in self._limits.items() if n and not each.quota.in_flight), None
            )
            if idle is not None:
                del self._limits[idle]


def _refusal(whose: str, what: str, wait_s: float) -> Verdict:
    never = math.isinf(wait_s)
    message = f"the limit of {whose} in the settings is reached: {what}"
    return Verdict(
        429,
        "rate_limit_error",
        message,
        None if never else capped_retry_after(wait_s),
        should_retry=not never,
    )
