"""What the client profile needs to know, read off what the proxy is told.

Pure. The hook settings hold the resolved chains, aliases and model facts, so the profile says exactly
what the proxy does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ccglm.claude.profile_model import ProfileFacts, TierModel, Tiers
from ccglm.errors import PrerequisiteError
from litellm_config.aliases import model_id, resolve

if TYPE_CHECKING:
    from litellm_config.hook_settings import HookSettings

MAIN_ROLE: Final = "main"
_GLM: Final = re.compile(r"(?:zai-)?glm-(?P<version>[0-9][0-9a-z.]*)(?P<rest>(?:-[a-z0-9.]+)*)")


def profile_facts(
    hooks: HookSettings, *, base_url: str, token: str, keeps_all_tools: bool = False
) -> ProfileFacts:
    """Return the facts for a client of the proxy.

    Args:
        hooks: What the proxy is told.
        base_url: Where it listens, without `/v1`.
        token: Its bearer token.
        keeps_all_tools: Whether the client keeps tools a terminal session does not need.

    Raises:
        PrerequisiteError: No context is known of any model that serves main.
    """
    members = hooks.chains[MAIN_ROLE]
    chain = [hooks.models[member] for member in members if member in hooks.models]
    if not chain:
        raise PrerequisiteError(
            f"nothing is known about the context of `{members[0]}`",
            hint="state it under `model_facts` in the settings",
        )
    tiers = {tier: _tier(hooks, tier) for tier in ("opus", "sonnet", "haiku", "fable")}
    background = hooks.routes.background
    return ProfileFacts(
        base_url=base_url,
        token=token,
        tiers=Tiers(
            main=_model(hooks, MAIN_ROLE),
            opus=tiers["opus"],
            sonnet=tiers["sonnet"],
            haiku=tiers["haiku"],
            fable=tiers["fable"],
            background=_model(hooks, background) if background else tiers["haiku"],
        ),
        context_tokens=min(model.context_tokens for model in chain),
        max_output_tokens=min(model.max_output_tokens for model in chain),
        serves_web_search=hooks.routes.web_search == "zai",
        keeps_all_tools=keeps_all_tools,
    )


def _tier(hooks: HookSettings, tier: str) -> TierModel:
    resolution = resolve(tier, hooks.aliases)
    return _model(hooks, resolution.group if resolution else MAIN_ROLE)


def _model(hooks: HookSettings, group: str) -> TierModel:
    members = hooks.chains.get(group, (group,))
    return TierModel(
        name=group, title=model_title(model_id(members[0])), description=", then ".join(members)
    )


def model_title(model: str) -> str:
    """Return a model id as people write it: `zai-glm-4.5-air` is `GLM 4.5 Air`, others stay as they are."""
    match = _GLM.fullmatch(model)
    if match is None:
        return model
    words = [word.capitalize() for word in match["rest"].split("-") if word]
    return " ".join(["GLM", match["version"], *words])
