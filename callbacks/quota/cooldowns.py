"""How long a key rests after a fault, and what of its quota is gone. Pure; the causes are in `dialects/causes.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from callbacks.dialects.causes import Cause, Fault, Lasting
from callbacks.quota.key_quota import Unit

FIRST_SHORT_PAUSE_S: Mapping[Cause, float] = {
    Cause.QUEUE_FULL: 2.0,
    Cause.OVERLOADED: 2.0,
    Cause.TIMEOUT: 5.0,
    Cause.UNREACHABLE: 2.0,
}
"""First pause after a fault that lasts for seconds; one second for the rest. Doubled for each fault in a row."""

LONGEST_SHORT_PAUSE_S = 120.0
"""Z.ai asks for a backoff of 1 to 120 s when it is overloaded (docs.z.ai error codes, September 2026)."""

UNSTATED_PAUSE_S = 60.0
"""Pause for a used up quota when the provider named no time: the shortest period of any limit."""

LONGEST_UNSTATED_PAUSE_S = 900.0
LONGEST_STATED_PAUSE_S = 8 * 86_400.0
"""A week's quota, and a day for clocks that differ."""

LEAST_PAUSE_S = 1.0
_MOST_DOUBLINGS = 10

_KEY_WIDE = frozenset((Cause.AUTH, Cause.PAYMENT, Cause.PLAN_QUOTA))
_PERIOD = re.compile(r"\bper (minute|hour|day)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pause:
    """How long a key is left alone.

    Attributes:
        length_s: In seconds; infinite: until somebody changes something.
        key_wide: The pause is for every model of the key, not only for the one that failed.
    """

    length_s: float
    key_wide: bool = False

    @property
    def for_good(self) -> bool:
        """Whether it ends only when somebody acts."""
        return math.isinf(self.length_s)


def pause_for(fault: Fault, strikes: int, now: datetime) -> Pause | None:
    """Return the pause a fault asks for, or None when it says nothing about the next request.

    Args:
        fault: What went wrong.
        strikes: Faults in a row before this one, with no answer between.
        now: Wall clock, aware.
    """
    lasting = fault.rule.lasting
    # A full house is answered by asking less at once, not by asking nobody.
    if lasting is Lasting.REQUEST or fault.cause is Cause.CONCURRENCY:
        return None
    wide = fault.cause in _KEY_WIDE
    if lasting is Lasting.FIXED:
        return Pause(math.inf, wide)
    stated_s = _stated_s(fault, now)
    if stated_s is not None:
        return Pause(min(max(stated_s, LEAST_PAUSE_S), LONGEST_STATED_PAUSE_S), wide)
    doubled = 2 ** min(strikes, _MOST_DOUBLINGS)
    if lasting is Lasting.STATED:
        return Pause(min(UNSTATED_PAUSE_S * doubled, LONGEST_UNSTATED_PAUSE_S), wide)
    first_s = FIRST_SHORT_PAUSE_S.get(fault.cause, LEAST_PAUSE_S)
    return Pause(min(first_s * doubled, LONGEST_SHORT_PAUSE_S), wide)


def _stated_s(fault: Fault, now: datetime) -> float | None:
    if fault.retry_after_s is not None:
        return fault.retry_after_s
    return None if fault.until is None else (fault.until - now).total_seconds()


def exhausted(fault: Fault) -> tuple[Unit, str | None] | None:
    """Return what ran out, and over which period when the provider's words name one; None for another cause."""
    units = {Cause.REQUEST_QUOTA: Unit.REQUESTS, Cause.TOKEN_QUOTA: Unit.TOKENS}
    unit = units.get(fault.cause)
    if unit is None:
        return None
    named = _PERIOD.search(fault.detail)
    return unit, named[1].lower() if named else None
