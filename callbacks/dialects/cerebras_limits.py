"""Cerebras' rate-limit headers. Every one may be missing, and since late 2026 none is documented.

Documented in spring 2026: limit, remaining and reset of `requests-day` and `tokens-minute`, resets in seconds as a
float. Measured on 2026-08-16 besides: limit and remaining of `requests-minute`, `requests-hour`, `tokens-hour` and
`tokens-day`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from callbacks.quota.key_quota import Limit, Observation, Unit

# The token bucket of a minute spares what the prompt cache holds; the longer ones count every token.
_LIMITS: Mapping[str, Limit] = {
    "requests-minute": Limit(Unit.REQUESTS, "minute"),
    "requests-hour": Limit(Unit.REQUESTS, "hour"),
    "requests-day": Limit(Unit.REQUESTS, "day"),
    "tokens-minute": Limit(Unit.TOKENS, "minute"),
    "tokens-hour": Limit(Unit.TOTAL_TOKENS, "hour"),
    "tokens-day": Limit(Unit.TOTAL_TOKENS, "day"),
}
_NAMED = re.compile(r"\b(requests|tokens) per (minute|hour|day)\b", re.IGNORECASE)


def limits_in(headers: Mapping[str, str]) -> list[Observation]:
    """Return what the headers state.

    Args:
        headers: Response headers, names in lower case.
    """
    found: list[Observation] = []
    for name, limit in _LIMITS.items():
        capacity = _number(headers.get(f"x-ratelimit-limit-{name}"))
        remaining = _number(headers.get(f"x-ratelimit-remaining-{name}"))
        if capacity is not None or remaining is not None:
            found.append(Observation(limit, capacity, remaining))
    return found


def reset_of(message: str, headers: Mapping[str, str]) -> str | None:
    """Return the reset header, in seconds, of the limit that a refusal names; None when there is none.

    Args:
        message: Such as `Tokens per minute limit exceeded - too many tokens processed.`
        headers: Response headers, names in lower case.
    """
    named = _NAMED.search(message)
    if named is None:
        return None
    value = headers.get(f"x-ratelimit-reset-{named[1].lower()}-{named[2].lower()}")
    return value if _number(value) is not None else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
