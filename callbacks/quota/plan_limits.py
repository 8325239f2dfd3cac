"""A plan's limits from the catalogue as the quota model counts them."""

from __future__ import annotations

from collections.abc import Mapping

from callbacks.quota.key_quota import Limit, Unit
from litellm_config.hook_settings import QuotaLimits

_LIMITS: Mapping[str, Limit] = {
    "requests_per_minute": Limit(Unit.REQUESTS, "minute"),
    "requests_per_hour": Limit(Unit.REQUESTS, "hour"),
    "requests_per_day": Limit(Unit.REQUESTS, "day"),
    "uncached_tokens_per_minute": Limit(Unit.TOKENS, "minute"),
    "total_tokens_per_minute": Limit(Unit.TOTAL_TOKENS, "minute"),
    "tokens_per_hour": Limit(Unit.TOTAL_TOKENS, "hour"),
    "tokens_per_day": Limit(Unit.TOTAL_TOKENS, "day"),
}


def limits_of(plan: QuotaLimits | None) -> dict[Limit, float]:
    """Return the known limits of a plan; empty when there is no plan."""
    if plan is None:
        return {}
    stated = {limit: getattr(plan, name) for name, limit in _LIMITS.items()}
    return {limit: float(size) for limit, size in stated.items() if size is not None}
