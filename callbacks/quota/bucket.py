"""One rate-limit bucket with continuous refill, as Cerebras describes its limits (docs read 2026-11-20).

Pure arithmetic on seconds that the caller passes in; knows no provider and no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NEVER_S = math.inf
"""The wait for something a bucket can never hold."""


@dataclass(slots=True)
class Bucket:
    """A bucket that refills evenly up to its capacity.

    Attributes:
        capacity: Most it holds, in requests or tokens.
        refill_per_s: What flows in each second.
        level: What it held at `updated_s`; below zero when more was spent than was there.
        updated_s: When `level` was true, in seconds of the caller's clock.
    """

    capacity: float
    refill_per_s: float
    level: float
    updated_s: float

    @classmethod
    def full(cls, capacity: float, period_s: float, now_s: float) -> Bucket:
        """Return a full bucket whose whole capacity refills in `period_s` seconds."""
        return cls(capacity, capacity / period_s, capacity, now_s)

    def level_at(self, now_s: float) -> float:
        """Return what it holds now; a clock that went back refills nothing."""
        elapsed_s = max(0.0, now_s - self.updated_s)
        return min(self.capacity, self.level + elapsed_s * self.refill_per_s)

    def wait_s(self, need: float, margin: float, now_s: float) -> float:
        """Return the seconds until `need` can be taken while the margin stays in the bucket.

        Args:
            need: What a request takes.
            margin: Share of the capacity to keep free, 0 to 1. A request that fits only into the whole bucket
                may use the margin too: keeping it back would refuse that request for ever.
            now_s: The caller's clock.

        Returns:
            0.0 when it fits now; `NEVER_S` when it is larger than the bucket.
        """
        if need > self.capacity:
            return NEVER_S
        floor = min(margin * self.capacity, self.capacity - need)
        short = need + floor - self.level_at(now_s)
        return max(0.0, short / self.refill_per_s)

    def take(self, amount: float, now_s: float) -> None:
        """Spend an amount, or give one back when it is negative."""
        self.level = min(self.capacity, self.level_at(now_s) - amount)
        self.updated_s = max(self.updated_s, now_s)

    def set_level(self, level: float, now_s: float) -> None:
        """Take over what the provider says it holds."""
        self.level = min(self.capacity, level)
        self.updated_s = max(self.updated_s, now_s)

    def set_capacity(self, capacity: float, period_s: float, now_s: float) -> None:
        """Take over the limit the provider announces; what has been spent stays spent."""
        spent = self.capacity - self.level_at(now_s)
        self.capacity = capacity
        self.refill_per_s = capacity / period_s
        self.level = capacity - spent
        self.updated_s = max(self.updated_s, now_s)

    def remaining_share(self, now_s: float) -> float:
        """Return how full it is, 0 to 1."""
        return max(0.0, self.level_at(now_s)) / self.capacity
