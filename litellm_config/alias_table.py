"""Builds the table of names from the settings; `aliases.resolve` reads it at run time."""

from collections.abc import Mapping

from litellm_config.aliases import cut_long_context_mark, is_glob, model_id
from litellm_config.facts import members_of
from litellm_config.hook_settings import AliasTable
from litellm_config.settings import Settings

MAIN_ROLE = "main"
FAST_ROLE = "fast"

_TIERS = ("opus", "sonnet", "haiku", "fable")
"""Model families of Claude Code 2.1.329; an alias for one also catches `claude-*<tier>*`."""


def effective_aliases(settings: Settings) -> dict[str, str]:
    """Return the aliases of the settings, or the default ones where none are set."""
    if settings.aliases is not None:
        return settings.aliases
    fast = FAST_ROLE if FAST_ROLE in settings.models else MAIN_ROLE
    return {"opus": MAIN_ROLE, "sonnet": MAIN_ROLE, "haiku": fast, "*": MAIN_ROLE}


def build_alias_table(settings: Settings) -> AliasTable:
    """Return every name that can be asked for.

    Args:
        settings: Checked settings.

    Returns:
        The table; the alias `haiku` also gives the pattern `claude-*haiku*` unless that is set.
    """
    aliases = {cut_long_context_mark(name): to for name, to in effective_aliases(settings).items()}
    tiers = {f"claude-*{tier}*": aliases[tier] for tier in _TIERS if tier in aliases}
    globs = {name: to for name, to in aliases.items() if is_glob(name)}
    return AliasTable(
        exact={name: to for name, to in aliases.items() if not is_glob(name)},
        globs={**tiers, **globs},
        roles=tuple(settings.models),
        members=members_of(settings),
        providers=tuple(settings.providers),
    )


def listed_aliases(table: AliasTable) -> Mapping[str, str]:
    """Return the names to list in `/v1/models` beside the groups themselves.

    Args:
        table: The alias table.

    Returns:
        Exact aliases, `provider,model` spellings and bare model ids, each to its group; the first
        member wins where two have the same model id.
    """
    groups = {*table.roles, *table.members}
    names: dict[str, str] = dict(table.exact)
    for member in table.members:
        names.setdefault(member.replace("/", ",", 1), member)
        names.setdefault(model_id(member), member)
    return {name: group for name, group in names.items() if name not in groups}
