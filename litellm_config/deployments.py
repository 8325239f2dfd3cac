"""One LiteLLM deployment per model and key; one group per role and per member."""

from collections.abc import Iterator

from litellm_config.catalog import Catalog
from litellm_config.facts import facts_for, members_of
from litellm_config.hook_settings import ModelFacts
from litellm_config.providers import api_base
from litellm_config.proxy_config import CcglmInfo, Deployment, LitellmParams, ModelInfo
from litellm_config.secrets import REFERENCE
from litellm_config.settings import ProviderSettings, Settings

_TOKENS = 1_000_000


def build_deployments(settings: Settings, catalog: Catalog) -> list[Deployment]:
    """Return every deployment: first the groups named as roles, then those named as members.

    A deployment has the same id in each of its groups: LiteLLM keeps cooldowns and parallel limits
    by id, and they belong to the model and key, not to the name that was asked for.

    Args:
        settings: Checked settings.
        catalog: The shipped facts.

    Returns:
        The deployments in the order of the settings.
    """
    groups = {role: chain[0] for role, chain in settings.models.items() if chain}
    groups |= {member: member for member in members_of(settings)}
    return [
        deployment
        for group, member in groups.items()
        for deployment in _of_member(group, member, settings, catalog)
    ]


def deployment_id(member: str, key_number: int) -> str:
    """Return the id of a deployment: `zai/glm-4.7#1` is the member through its first key."""
    return f"{member}#{key_number}"


def _of_member(
    group: str, member: str, settings: Settings, catalog: Catalog
) -> Iterator[Deployment]:
    facts = facts_for(member, settings, catalog)
    if facts is None or facts.provider not in settings.providers:
        return
    provider = settings.providers[facts.provider]
    for number, key in enumerate(provider.keys or (None,), start=1):
        yield Deployment(
            model_name=group,
            litellm_params=_params(member, facts, provider, key, settings),
            model_info=_info(deployment_id(member, number), facts, key),
        )


def _params(
    member: str, facts: ModelFacts, provider: ProviderSettings, key: str | None, settings: Settings
) -> LitellmParams:
    weighted = settings.limits.strategy == "weighted" and key is not None
    return LitellmParams(
        model=member,
        api_key=None if key is None else REFERENCE + key,
        api_base=api_base(facts.provider, provider),
        # LiteLLM's own zai adapter drops max_retries and then retries twice (seen in 1.109.1)
        allowed_openai_params=["max_retries"] if facts.provider == "zai" else None,
        weight=provider.weights.get(key, 1) if weighted and key else None,
    )


def _info(identity: str, facts: ModelFacts, key: str | None) -> ModelInfo:
    ours = facts.model_dump(include=set(CcglmInfo.model_fields) - {"key_label"})
    return ModelInfo(
        id=identity,
        max_input_tokens=facts.context_tokens,
        max_output_tokens=facts.max_output_tokens,
        input_cost_per_token=_for_one(facts.input_usd_per_mtok),
        cache_read_input_token_cost=_for_one(facts.cached_input_usd_per_mtok),
        output_cost_per_token=_for_one(facts.output_usd_per_mtok),
        supports_vision=facts.reads_images,
        supports_reasoning=facts.thinking != "never",
        ccglm=CcglmInfo.model_validate({**ours, "key_label": key}),
    )


def _for_one(usd_per_mtok: float | None) -> float | None:
    """Return the price of one token, without the noise of binary division."""
    return None if usd_per_mtok is None else float(f"{usd_per_mtok / _TOKENS:.12g}")
