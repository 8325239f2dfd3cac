"""Limits of the plan and of the user's own, at four levels."""

from __future__ import annotations

from typing import Any

from litellm_config.build import build_hook_settings
from litellm_config.catalog import read_catalog
from litellm_config.hook_settings import LimitSettings, QuotaLimits, RateLimits
from tests.litellm_config.builders import settings_with

OWN = {"requests_per_minute": 7, "tokens_per_minute": 5_000, "concurrency": 2}


def limits(cerebras: dict[str, Any], **top: Any) -> LimitSettings:
    settings = settings_with(
        providers={"cerebras": {"keys": ["C"], **cerebras}, "zai": {"keys": ["Z"]}},
        models={"main": ["cerebras/gpt-oss-120b", "zai/glm-4.7"]},
        limits=top,
    )
    return build_hook_settings(settings, read_catalog(), usage_db_path="u.db").limits


def test_without_any_there_are_none() -> None:
    found = limits({})
    assert (found.proxy, found.per_token, found.providers) == (RateLimits(), RateLimits(), {})
    assert found.quotas == {}


def test_the_proxy_the_provider_and_the_token_have_their_own() -> None:
    found = limits({"limits": OWN}, **OWN, per_token={"concurrency": 3})
    assert found.proxy == RateLimits(**OWN)
    assert found.providers == {"cerebras": RateLimits(**OWN)}
    assert found.per_token == RateLimits(concurrency=3)


def test_a_keys_limits_are_the_smaller_of_the_plans_and_the_users() -> None:
    alone = limits({"key_limits": OWN})
    member = "cerebras/gpt-oss-120b"
    assert alone.quotas == {
        member: QuotaLimits(requests_per_minute=7, total_tokens_per_minute=5_000)
    }
    assert alone.concurrency == {member: 2}
    both = limits({"key_limits": {"requests_per_minute": 9_999}, "plan": "developer"}).quotas[
        member
    ]
    assert both.requests_per_minute == 1_000
    assert both.uncached_tokens_per_minute == 1_000_000
