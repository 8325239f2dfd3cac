"""A plan's limits in the quota model."""

from __future__ import annotations

from callbacks.quota.key_quota import Limit, Unit
from callbacks.quota.plan_limits import limits_of
from litellm_config.hook_settings import QuotaLimits


def test_every_limit_of_a_plan_is_counted() -> None:
    everything = {name: n for n, name in enumerate(QuotaLimits.model_fields, start=1)}
    assert len(limits_of(QuotaLimits(**everything))) == len(everything)


def test_only_the_token_bucket_of_a_minute_spares_the_cache() -> None:
    found = limits_of(QuotaLimits(uncached_tokens_per_minute=5, tokens_per_day=9))
    assert found == {Limit(Unit.TOKENS, "minute"): 5.0, Limit(Unit.TOTAL_TOKENS, "day"): 9.0}


def test_no_plan_has_no_limits() -> None:
    assert limits_of(None) == {}
