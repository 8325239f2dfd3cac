"""The limits that hold: those of the plan in the catalogue, and those the user sets. Pure."""

from litellm_config.catalog import Catalog
from litellm_config.hook_settings import LimitSettings, QuotaLimits, RateLimits
from litellm_config.settings import Settings


def build_limits(settings: Settings, catalog: Catalog, members: tuple[str, ...]) -> LimitSettings:
    """Return how quotas are kept.

    Args:
        settings: Checked settings.
        catalog: The plans.
        members: Every member that has a group.
    """
    limits, providers = settings.limits, settings.providers
    return LimitSettings(
        safety_margin=limits.safety_margin,
        strategy=limits.strategy,
        max_wait_s=limits.max_wait_s,
        plans={name: p.plan for name, p in providers.items() if p.plan is not None},
        quotas={m: quota for m in members if (quota := _quota(m, settings, catalog))},
        concurrency={m: most for m in members if (most := _concurrency(m, settings, catalog))},
        keys={name: p.keys for name, p in providers.items()},
        weights={k: w for p in providers.values() for k, w in p.weights.items()},
        proxy=RateLimits(**{name: getattr(limits, name) for name in RateLimits.model_fields}),
        per_token=limits.per_token,
        providers={name: p.limits for name, p in providers.items() if p.limits != RateLimits()},
    )


def _quota(member: str, settings: Settings, catalog: Catalog) -> QuotaLimits | None:
    """Return the limits of each key: the smaller of the plan's and the user's."""
    name, _, model = member.partition("/")
    provider = settings.providers[name]
    plan = catalog.plans_of(name).get(provider.plan or "")
    known = plan.models.get(model) if plan else None
    own = provider.key_limits
    if own.requests_per_minute is None and own.tokens_per_minute is None:
        return known
    quota = known or QuotaLimits()
    return quota.model_copy(
        update={
            "requests_per_minute": _least(quota.requests_per_minute, own.requests_per_minute),
            "total_tokens_per_minute": _least(quota.total_tokens_per_minute, own.tokens_per_minute),
        }
    )


def _concurrency(member: str, settings: Settings, catalog: Catalog) -> int | None:
    known = catalog.models.get(member)
    provider = settings.providers[member.partition("/")[0]]
    return _least(
        provider.concurrency, known and known.concurrency, provider.key_limits.concurrency
    )


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
