"""What the book says of every key, as the JSON of `GET /ccglm/status`. Holds no key and no prompt."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from callbacks.quota.key_quota import PERIOD_S, Limit
from callbacks.quota.key_state import KeyState
from callbacks.quota.quota_book import QuotaBook
from litellm_config.hook_settings import HookSettings


def quota_document(
    book: QuotaBook, settings: HookSettings, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Return one object for each key of each member, in the order of the settings.

    Args:
        book: Keeps the keys.
        settings: For the names of plans.
        now: Wall clock, aware; None: now.
    """
    wall = now or datetime.now(UTC)
    return [
        _key_document(state, book.now_s(), wall, settings.limits.plans.get(state.provider))
        for member in settings.models
        for state in book.keys_of(member)
    ]


def _key_document(state: KeyState, now_s: float, now: datetime, plan: str | None) -> dict[str, Any]:
    quota = state.quota
    return {
        "member": state.member,
        "key": state.key_label,
        "plan": plan,
        "limits": [
            _limit_document(limit, quota.buckets[limit].level_at(now_s), state)
            for limit in sorted(
                quota.buckets, key=lambda limit: (limit.unit, PERIOD_S[limit.period])
            )
        ],
        "in_flight": quota.in_flight,
        "most_in_flight": state.places(now_s),
        "served": quota.served,
        "refused": quota.refused,
        "resting": _rest_document(state, now_s, now),
    }


def _limit_document(limit: Limit, level: float, state: KeyState) -> dict[str, Any]:
    bucket = state.quota.buckets[limit]
    remaining = max(0.0, level)
    return {
        "unit": limit.unit.value,
        "period": limit.period,
        "capacity": round(bucket.capacity),
        "remaining": math.floor(remaining),
        "full_in_s": math.ceil((bucket.capacity - level) / bucket.refill_per_s),
    }


def _rest_document(state: KeyState, now_s: float, now: datetime) -> dict[str, Any] | None:
    if state.fault is None:
        return None
    left_s = state.quota.ready_in_s(now_s)
    until = None
    if math.isfinite(left_s):
        until = (now + timedelta(seconds=left_s)).isoformat(timespec="seconds")
    return {
        "cause": state.fault.cause.value,
        "says": state.fault.sentence,
        "until": until,
        "for_good": math.isinf(left_s),
        "probing": state.probing,
        "waits_for_probe": state.due,
    }
