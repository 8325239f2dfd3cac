"""What is known about one chain member: the catalogue, corrected by `model_facts`."""

from collections.abc import Iterable

from litellm_config.catalog import Catalog, CatalogModel
from litellm_config.hook_settings import ModelFacts
from litellm_config.providers import KINDS, Member, split_member, surface_of
from litellm_config.settings import ModelFactsSettings, Settings

ASSUMED_CONTEXT_TOKENS = 128_000
ASSUMED_MAX_OUTPUT_TOKENS = 16_384
"""For a model of a provider without a dialect of ours, when no facts are set; a low guess."""


def facts_for(member: str, settings: Settings, catalog: Catalog) -> ModelFacts | None:
    """Return the facts of a member.

    Args:
        member: `provider/model`.
        settings: For `model_facts`, and the provider's surface and plan.
        catalog: The shipped facts.

    Returns:
        The facts; None where context window or output limit of a Cerebras or Z.ai model are not
        known, or the member is not written `provider/model`.
    """
    parts = split_member(member)
    if parts is None:
        return None
    own = settings.model_facts.get(member, ModelFactsSettings())
    known = catalog.models.get(own.like or member) or catalog.models.get(member)
    provider = settings.providers.get(parts.provider)
    values = {
        **_from_catalog(known, provider.plan if provider else None),
        **own.model_dump(exclude_none=True, exclude={"like"}),
    }
    if parts.provider not in KINDS:
        values.setdefault("context_tokens", ASSUMED_CONTEXT_TOKENS)
        values.setdefault("max_output_tokens", ASSUMED_MAX_OUTPUT_TOKENS)
    if "context_tokens" not in values or "max_output_tokens" not in values:
        return None
    surface = surface_of(parts.provider, provider)
    if surface == "anthropic" and values.get("reasoning_history") == "reasoning_content":
        values["reasoning_history"] = "thinking_blocks"
    return ModelFacts.model_validate(
        {"provider": parts.provider, "model": parts.model, "surface": surface, **values}
    )


def _from_catalog(known: CatalogModel | None, plan: str | None) -> dict[str, object]:
    if known is None:
        return {}
    smaller = known.by_plan.get(plan) if plan else None
    return {
        **known.model_dump(exclude_none=True, include=set(ModelFacts.model_fields)),
        **(smaller.model_dump(exclude_none=True) if smaller else {}),
    }


def members_of(settings: Settings) -> tuple[str, ...]:
    """Return every member the settings name, in order: chains, then extra models, then targets."""
    routes = settings.routes
    targets: list[str | None] = [
        *(settings.aliases or {}).values(),
        routes.background,
        routes.think,
        routes.long_context.to if routes.long_context else None,
        routes.image,
        routes.subagent,
    ]
    named: Iterable[str] = (
        *(member for chain in settings.models.values() for member in chain),
        *settings.extra_models,
        *(target for target in targets if target and target not in settings.models),
    )
    return tuple(dict.fromkeys(name for name in named if _is_member(name, settings)))


def _is_member(name: str, settings: Settings) -> bool:
    parts: Member | None = split_member(name)
    return parts is not None and parts.provider in settings.providers
