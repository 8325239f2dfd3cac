"""The simulator's clock: real time plus an offset that a test moves through the control port.

Rate buckets, prompt caches, scenario windows and quota reset times read it. Stream pacing does not:
moving the clock must not make bytes arrive sooner.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Monotonic seconds and wall time, both moved forward together by `advance`."""

    def __init__(self) -> None:
        self._offset_s = 0.0

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary start, never going back."""
        return time.monotonic() + self._offset_s

    def now(self) -> datetime:
        """Return the simulated time of day, aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._offset_s)

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Raises:
            ValueError: The step is negative: buckets and reset times assume time never goes back.
        """
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset_s += seconds

    def reset(self) -> None:
        """Go back to real time; only for a reset that forgets all timed state as well."""
        self._offset_s = 0.0
