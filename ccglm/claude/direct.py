"""The profile of a client that talks to Z.ai itself, without the proxy.

Z.ai serves the Messages API at its root plus `/api/anthropic` and takes the key as bearer token. Its own
instructions for Claude Code (read 2026-11-20) name the same variables; they ask for `[1m]` at the end of
model names, which is not needed here because the window is stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccglm.claude.facts import MAIN_ROLE, model_title
from ccglm.claude.profile_model import ProfileFacts, TierModel, Tiers
from ccglm.errors import PrerequisiteError
from litellm_config.aliases import model_id
from litellm_config.providers import ZAI, cut_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litellm_config.catalog import Catalog
    from litellm_config.settings import Settings

_PROVIDER: Final = "zai"
# Used when the settings name no model of Z.ai: what its instructions name for the large and small tier.
_DEFAULT_MODELS: Final = {"main": "zai/glm-5.3", "fast": "zai/glm-5.3-flash"}
# The value of Z.ai's instructions; its largest models may think for minutes before the first token.
_API_TIMEOUT_MS: Final = 3_000_000


def direct_zai_facts(
    catalog: Catalog,
    variables: Mapping[str, str],
    settings: Settings | None = None,
    *,
    keeps_all_tools: bool = False,
) -> ProfileFacts:
    """Return the facts for a client of Z.ai's Messages API.

    Args:
        catalog: What is known about the models.
        variables: Environment and `.env`, merged: the key, and `ZAI_API_BASE` when it is moved.
        settings: The user's settings, if any: the first Z.ai model of each role, and the key's name.
        keeps_all_tools: Whether the client keeps tools a terminal session does not need.

    Raises:
        PrerequisiteError: There is no key, or nothing is known about the model.
    """
    provider = settings.providers.get(_PROVIDER) if settings else None
    key_name = provider.keys[0] if provider else ZAI.key_variable
    key = variables.get(key_name, "")
    if not key:
        raise PrerequisiteError(
            f"`{key_name}` is not set, neither in the environment nor in `.env`",
            hint="run `ccglm init`, or set it for this command",
        )
    moved = variables.get(ZAI.base_variable, "") or (provider.base_url if provider else None)
    main, fast = (_first_member(settings, role) for role in (MAIN_ROLE, "fast"))
    known = catalog.models.get(main)
    if known is None or known.context_tokens is None or known.max_output_tokens is None:
        raise PrerequisiteError(
            f"nothing is known about the context of `{main}`",
            hint=f"put a model of the catalogue into `models.{MAIN_ROLE}`: `ccglm models` lists them",
        )
    main_tier, fast_tier = _tier(main), _tier(fast)
    return ProfileFacts(
        base_url=cut_base_url(_PROVIDER, moved or ZAI.default_base) + ZAI.surfaces["anthropic"],
        token=key,
        tiers=Tiers(
            main=main_tier,
            opus=main_tier,
            sonnet=main_tier,
            haiku=fast_tier,
            fable=main_tier,
            background=fast_tier,
        ),
        context_tokens=known.context_tokens,
        max_output_tokens=known.max_output_tokens,
        keeps_all_tools=keeps_all_tools,
        api_timeout_ms=_API_TIMEOUT_MS,
    )


def _first_member(settings: Settings | None, role: str) -> str:
    """Return the first member of a role that Z.ai serves, or the default one."""
    chain = settings.models.get(role, ()) if settings else ()
    ours = (member for member in chain if member.startswith(f"{_PROVIDER}/"))
    return next(ours, _DEFAULT_MODELS[role])


def _tier(member: str) -> TierModel:
    model = model_id(member)
    return TierModel(name=model, title=model_title(model), description="Z.ai, without the proxy")
