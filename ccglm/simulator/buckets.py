"""Token buckets with continuous refill: the pure part of Cerebras' rate limits.

A bucket holds at most `capacity` and gains `capacity / period_s` every second; nothing resets on a
full minute (rate limit documentation, read 2026-11). No clock in here: callers pass the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Bucket:
    """One continuously refilled allowance."""

    def __init__(self, capacity: float, period_s: float, now_s: float) -> None:
        """Start full.

        Args:
            capacity: Most it can hold, in requests or tokens, greater than zero.
            period_s: Time in which an empty bucket fills up.
            now_s: Monotonic seconds.
        """
        self.capacity = float(capacity)
        self.period_s = period_s
        self._level = self.capacity
        self._at_s = now_s

    def level(self, now_s: float) -> float:
        """Return what is left now."""
        gained = max(0.0, now_s - self._at_s) * self.capacity / self.period_s
        return min(self.capacity, self._level + gained)

    def take(self, amount: float, now_s: float) -> None:
        """Remove an amount; the level may fall below zero when reality exceeded a reservation."""
        self._level = self.level(now_s) - amount
        self._at_s = now_s

    def give_back(self, amount: float, now_s: float) -> None:
        """Return an unused amount, never beyond the capacity."""
        self._level = min(self.capacity, self.level(now_s) + amount)
        self._at_s = now_s

    def seconds_until(self, amount: float, now_s: float) -> float:
        """Return how long until the amount is there; 0.0 when it is, infinity when never."""
        if amount > self.capacity:
            return float("inf")
        missing = amount - self.level(now_s)
        return max(0.0, missing * self.period_s / self.capacity)

    def seconds_until_full(self, now_s: float) -> float:
        """Return how long until the bucket is full again."""
        return self.seconds_until(self.capacity, now_s)


@dataclass(frozen=True)
class Need:
    """What a request wants from one bucket."""

    name: str
    bucket: Bucket
    amount: float


def first_shortage(needs: Sequence[Need], now_s: float) -> Need | None:
    """Return the first need that cannot be met now, or None when all can."""
    return next((need for need in needs if need.bucket.seconds_until(need.amount, now_s) > 0), None)
