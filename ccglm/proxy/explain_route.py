"""Who would serve a request, and why: the rules of the proxy on the settings, without a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccglm.console import Result
from ccglm.errors import SettingsError
from ccglm.text import count
from litellm_config.aliases import resolve
from litellm_config.route_choice import Traits, fits, special_route

if TYPE_CHECKING:
    from litellm_config.hook_settings import HookSettings

_VIA = {
    "alias": "an alias",
    "role": "a role",
    "member": "a model by its full name",
    "pair": "a provider and its model",
    "model_id": "a model id",
    "glob": "matched by the alias",
}
_RULES = {
    "image": "`routes.image`: it holds an image",
    "long_context": "`routes.long_context`: it is longer than the limit",
    "background": "`routes.background`: the small model's name",
    "subagent": "`routes.subagent`: it comes from a subagent",
    "think": "`routes.think`: it asks for thinking",
}


def explain_route(settings: HookSettings, traits: Traits) -> Result:
    """Return where a request goes.

    Args:
        settings: What the hooks would be given.
        traits: The request; `name` is the model it asks for.

    Raises:
        SettingsError: Nobody has the name.
    """
    found = resolve(traits.name, settings.aliases)
    if found is None:
        names = ", ".join(
            f"`{name}`" for name in (*settings.aliases.roles, *settings.aliases.members)
        )
        raise SettingsError(f"there is no model `{traits.name}`", hint=f"there are {names}")
    special = special_route(found, traits, settings.routes)
    group = special[0] if special else found.group
    members = fits(group, traits.tokens, settings)
    keys = settings.limits.keys
    data: dict[str, Any] = {
        "asked": traits.name,
        "via": found.via,
        "matched": found.matched,
        "route": special[1] if special else None,
        "group": group,
        "custom_rule": settings.routes.custom,
        "members": [
            {
                "member": member.member,
                "context_tokens": member.context_tokens,
                "fits": member.fits,
                "deployments": [
                    f"{member.member}#{number}"
                    for number, _ in enumerate(
                        keys.get(member.member.partition("/")[0]) or ("",), 1
                    )
                ],
            }
            for member in members
        ],
    }
    how = f"{_VIA[found.via]} `{found.matched}`" if found.via == "glob" else _VIA[found.via]
    lines = [f"`{traits.name}` is {how}, for `{found.group}`"]
    if special:
        lines.append(f"it goes to `{group}` by {_RULES[special[1]]}")
    if settings.routes.custom:
        lines.append("the rule in `routes.custom` may send it elsewhere; it is asked when it runs")
    serving = [member for member in members if member.fits]
    for member in members:
        window = f"window of {count(member.context_tokens)} tokens"
        if not member.fits:
            lines.append(f"  -  {member.member}: passed over, its {window} is too small")
        else:
            order = "serves" if member is serving[0] else "serves when those before cannot"
            lines.append(f"  {serving.index(member) + 1}  {member.member}: {order}, {window}")
    return Result(data, lines)
