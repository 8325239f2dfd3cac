"""Which group serves a special kind of request. Pure; the hooks and `ccglm config explain` both ask it."""

from dataclasses import dataclass

from litellm_config.aliases import Resolution
from litellm_config.hook_settings import HookSettings, RouteSettings

EXPLICIT = frozenset(("member", "pair", "model_id"))
"""Ways of asking for one model by name; whoever does so gets that model."""

_SMALL_MODEL_WORD = "haiku"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is special about a request.

    Attributes:
        name: Model name as the client spelled it.
        image: The newest turn holds an image.
        tokens: Estimated input tokens; 0 when nobody needs to know.
        agent: It comes from a subagent.
        thinks: It asks for thinking, or for a high effort.
    """

    name: str
    image: bool = False
    tokens: int = 0
    agent: bool = False
    thinks: bool = False


def special_route(
    found: Resolution, traits: Traits, routes: RouteSettings
) -> tuple[str, str] | None:
    """Return the group and the name of the rule that sends a request there; None when no rule does.

    The first that holds decides: image, long context, background, subagent, think.

    Args:
        found: What the requested name stands for.
        traits: What is special about the request.
        routes: The routes in the settings.
    """
    if found.via in EXPLICIT:
        return None
    above = routes.long_context_above_tokens
    unnamed_small = found.matched == "*" and _SMALL_MODEL_WORD in traits.name
    thinks = traits.thinks and found.matched != routes.background
    rules = (
        (routes.image, traits.image, "image"),
        (routes.long_context, above is not None and traits.tokens > above, "long_context"),
        (routes.background, unnamed_small, "background"),
        (routes.subagent, traits.agent, "subagent"),
        (routes.think, thinks, "think"),
    )
    return next(((group, why) for group, holds, why in rules if group and holds), None)


@dataclass(frozen=True, slots=True)
class MemberFit:
    """One member of a chain, for one request.

    Attributes:
        member: `provider/model`.
        context_tokens: Its window.
        fits: Whether the prompt fits into it.
    """

    member: str
    context_tokens: int
    fits: bool


def fits(group: str, tokens: int, settings: HookSettings) -> list[MemberFit]:
    """Return the members of a group in order, with whether they can hold a prompt.

    The largest may always try: the estimate may be wrong, and the provider knows.

    Args:
        group: A role or a member.
        tokens: Estimated input tokens.
        settings: Chains and models.
    """
    chain = settings.chains.get(group, (group,))
    windows = {m: settings.models[m].context_tokens for m in chain if m in settings.models}
    largest = max(windows.values(), default=0)
    return [MemberFit(m, w, tokens <= w or w == largest) for m, w in windows.items()]
