"""What one key may still ask of one model: its buckets, what is in flight, and whether it is cooling.

Levels come from the provider's headers where there are any, else from our own count with the limits of the
plan. Pure: the caller passes the time, in seconds of any clock that only goes forward.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from typing_extensions import override

from callbacks.quota.bucket import Bucket

PERIOD_S: Mapping[str, float] = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}


class Unit(StrEnum):
    """What a limit counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"  # tokens that no prefix cache held: uncached prompt and output
    TOTAL_TOKENS = "total_tokens"  # all tokens


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit's name: what it counts, and over which period (minute, hour, day)."""

    unit: Unit
    period: str

    @override
    def __str__(self) -> str:
        return f"{self.unit.value}/{self.period}"

    @property
    def words(self) -> str:
        """Return the limit as a person says it: `requests a minute`."""
        return f"{self.unit.value.replace('_', ' ')} {'an' if self.period == 'hour' else 'a'} {self.period}"


@dataclass(frozen=True, slots=True)
class Need:
    """What a request takes from the buckets.

    Attributes:
        prompt_tokens: Estimated prompt, in tokens.
        cached_tokens: Part of it that a prefix cache is expected to hold.
        output_tokens: Output reserved for it, in tokens.
    """

    prompt_tokens: int
    cached_tokens: int = 0
    output_tokens: int = 0

    def of(self, unit: Unit) -> float:
        """Return what it takes of one unit."""
        if unit is Unit.REQUESTS:
            return 1.0
        total = self.prompt_tokens + self.output_tokens
        return float(total if unit is Unit.TOTAL_TOKENS else total - self.cached_tokens)


@dataclass(frozen=True, slots=True)
class Observation:
    """One limit as response headers state it; None where a header is absent."""

    limit: Limit
    capacity: float | None = None
    remaining: float | None = None


@dataclass(frozen=True, slots=True)
class Cooling:
    """A pause of a key: until when (caller's clock, seconds; infinite: until somebody acts) and why."""

    until_s: float
    cause: str


@dataclass(slots=True)
class KeyQuota:
    """The quota of one key for one model.

    Attributes:
        buckets: One bucket a limit; a limit nobody knows has none and never holds a request back.
        cooling: The pause, or None.
        served: Requests that were answered.
        refused: Requests that the provider refused for lack of quota.
    """

    buckets: dict[Limit, Bucket] = field(default_factory=dict[Limit, Bucket])
    cooling: Cooling | None = None
    served: int = 0
    refused: int = 0
    _in_flight: dict[int, tuple[float, Need]] = field(default_factory=dict[int, tuple[float, Need]])
    _tickets: count[int] = field(default_factory=count)

    @classmethod
    def from_plan(cls, plan: Mapping[Limit, float], now_s: float) -> KeyQuota:
        """Return a quota with full buckets of the plan's sizes."""
        quota = cls()
        quota.refill(plan, now_s)
        return quota

    def refill(self, plan: Mapping[Limit, float], now_s: float) -> None:
        """Forget what was counted and what headers said: full buckets of the plan's sizes."""
        self.buckets = {
            limit: Bucket.full(size, PERIOD_S[limit.period], now_s) for limit, size in plan.items()
        }

    @property
    def in_flight(self) -> int:
        """How many requests are under way."""
        return len(self._in_flight)

    def wait_s(self, need: Need, margin: float, now_s: float) -> float:
        """Return the seconds until the request can be admitted; infinite when it never can."""
        return self.shortage(need, margin, now_s)[0]

    def shortage(self, need: Need, margin: float, now_s: float) -> tuple[float, Limit | None]:
        """Return the wait until the request can be admitted, and the limit that asks for it; None for no wait."""
        longest_s, limit = 0.0, None
        for name, bucket in self.buckets.items():
            wait_s = bucket.wait_s(need.of(name.unit), margin, now_s)
            if wait_s > longest_s:
                longest_s, limit = wait_s, name
        return longest_s, limit

    def cooling_at(self, now_s: float) -> Cooling | None:
        """Return the pause if it still lasts."""
        return self.cooling if self.cooling and self.cooling.until_s > now_s else None

    def cool(self, until_s: float, cause: str) -> None:
        """Pause the key; a longer pause already in force stays."""
        if self.cooling is None or until_s >= self.cooling.until_s:
            self.cooling = Cooling(until_s, cause)

    def resume(self) -> None:
        """End the pause: the key has answered again."""
        self.cooling = None

    def reserve(self, need: Need, now_s: float) -> int:
        """Take the request's need from every bucket; return the ticket to settle with."""
        for limit, bucket in self.buckets.items():
            bucket.take(need.of(limit.unit), now_s)
        ticket = next(self._tickets)
        self._in_flight[ticket] = (now_s, need)
        return ticket

    def settle(self, ticket: int, actual: Need | None, now_s: float) -> None:
        """End a request: give back what was reserved and not used.

        Args:
            ticket: What `reserve` returned; one that was settled before is ignored.
            actual: What the request really took; None when the provider refused it and counted nothing but the
                request itself.
            now_s: The caller's clock.
        """
        entry = self._in_flight.pop(ticket, None)
        if entry is None:
            return
        reserved = entry[1]
        used = actual or Need(0)
        for limit, bucket in self.buckets.items():
            bucket.take(used.of(limit.unit) - reserved.of(limit.unit), now_s)

    def give_back(self, ticket: int, now_s: float) -> None:
        """Undo a reservation whose request was never sent."""
        entry = self._in_flight.pop(ticket, None)
        if entry is not None:
            for limit, bucket in self.buckets.items():
                bucket.take(-entry[1].of(limit.unit), now_s)

    def observe(self, observations: list[Observation], sent_s: float, now_s: float) -> None:
        """Take over what response headers state.

        A provider counts what it has admitted. Requests we sent after the one that is answered here may not be in
        its figure yet, so they are taken off.

        Args:
            observations: One an announced limit.
            sent_s: When the answered request was sent, caller's clock.
            now_s: The caller's clock.
        """
        later = [need for at_s, need in self._in_flight.values() if at_s > sent_s]
        for seen in observations:
            period_s = PERIOD_S[seen.limit.period]
            bucket = self.buckets.get(seen.limit)
            if seen.capacity is not None and seen.capacity > 0:
                if bucket is None:
                    bucket = Bucket.full(seen.capacity, period_s, now_s)
                    self.buckets[seen.limit] = bucket
                elif bucket.capacity != seen.capacity:
                    bucket.set_capacity(seen.capacity, period_s, now_s)
            if bucket is not None and seen.remaining is not None:
                pending = sum(need.of(seen.limit.unit) for need in later)
                bucket.set_level(seen.remaining - pending, now_s)

    def empty(self, unit: Unit, period: str | None, now_s: float) -> None:
        """Note that the provider refused for lack of a unit: nothing of it is left.

        Args:
            unit: What ran out. Token refusals empty the uncached bucket unless only the total one exists.
            period: minute, hour or day when the refusal named it; None: the shortest known.
            now_s: The caller's clock.
        """
        known = [limit for limit in self.buckets if limit.unit is unit]
        if not known and unit is Unit.TOKENS:
            known = [limit for limit in self.buckets if limit.unit is Unit.TOTAL_TOKENS]
        if period is not None:
            known = [limit for limit in known if limit.period == period]
        for limit in sorted(known, key=lambda limit: PERIOD_S[limit.period])[:1]:
            bucket = self.buckets[limit]
            bucket.set_level(min(0.0, bucket.level_at(now_s)), now_s)

    def remaining_share(self, now_s: float) -> float:
        """Return how full its emptiest bucket is, 0 to 1; 1.0 when nothing is known."""
        shares = [bucket.remaining_share(now_s) for bucket in self.buckets.values()]
        return min(shares, default=1.0)

    def ready_in_s(self, now_s: float) -> float:
        """Return the seconds until the pause ends, 0.0 without one, infinite when it needs a person."""
        cooling = self.cooling_at(now_s)
        if cooling is None:
            return 0.0
        return cooling.until_s - now_s if math.isfinite(cooling.until_s) else math.inf
