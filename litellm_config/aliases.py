"""Turns any name a client asks for into the group that serves it. Pure; called per request.

A *group* is LiteLLM's model group: a role (`main`) or a chain member (`zai/glm-4.7`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from litellm_config.hook_settings import AliasTable

Via = Literal["alias", "role", "member", "pair", "model_id", "glob"]

LONG_CONTEXT_MARK = "[1m]"
"""Claude Code adds it to a model name to ask for a 1M window (client 2.1.329, 2026-11-20)."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a requested name stands for.

    Attributes:
        group: The LiteLLM model group, a role or a member.
        via: Which rule matched.
        matched: The alias, name or pattern in the table that matched.
    """

    group: str
    via: Via
    matched: str


def resolve(name: str, table: AliasTable) -> Resolution | None:
    """Find the group for a requested model name.

    The order is: exact alias, role, `provider/model`, `provider,model`, bare model id, glob aliases
    with the longest pattern first, `*`. Exact spelling wins over a match that ignores case. A
    trailing `[1m]` is cut. A model that is asked for together with a provider that is set up never
    falls to a glob: serving another model in its place would be a lie.

    Args:
        name: What the client sent as `model`.
        table: The names there are.

    Returns:
        The group and how it was found, or None if nothing has that name.
    """
    wanted = cut_long_context_mark(name)
    return _named(wanted, table) or _matched_by_glob(wanted, table)


def cut_long_context_mark(name: str) -> str:
    """Return the name without surrounding space and without trailing `[1m]` marks."""
    wanted = name.strip()
    while wanted.lower().endswith(LONG_CONTEXT_MARK):
        wanted = wanted[: -len(LONG_CONTEXT_MARK)].rstrip()
    return wanted


def is_glob(name: str) -> bool:
    """Tell whether an alias is a pattern rather than a name."""
    return "*" in name or "?" in name


def model_id(member: str) -> str:
    """Return the part of `provider/model` after the first slash."""
    return member.partition("/")[2]


def _named(wanted: str, table: AliasTable) -> Resolution | None:
    alias = _spelled(wanted, table.exact)
    if alias is not None:
        return Resolution(table.exact[alias], "alias", alias)
    role = _spelled(wanted, table.roles)
    if role is not None:
        return Resolution(role, "role", role)
    member = _spelled(wanted, table.members)
    if member is not None:
        return Resolution(member, "member", member)
    provider, comma, model = wanted.partition(",")
    if comma:
        pair = _spelled(f"{provider.strip()}/{model.strip()}", table.members)
        if pair is not None:
            return Resolution(pair, "pair", pair)
    ids = {model_id(member): member for member in reversed(table.members)}
    bare = _spelled(wanted, ids)
    return None if bare is None else Resolution(ids[bare], "model_id", bare)


def _matched_by_glob(wanted: str, table: AliasTable) -> Resolution | None:
    provider = re.split("[/,]", wanted, maxsplit=1)
    if len(provider) > 1 and _spelled(provider[0].strip(), table.providers) is not None:
        return None
    for pattern, group in table.globs.items():
        if _glob(pattern).fullmatch(wanted):
            return Resolution(group, "glob", pattern)
    return None


def _spelled(wanted: str, names: Iterable[str]) -> str | None:
    """Return the entry that is spelled so, else the first that differs only in case."""
    known = tuple(names)
    if wanted in known:
        return wanted
    folded = wanted.casefold()
    return next((name for name in known if name.casefold() == folded), None)


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which only `*` and `?` are special; `[1m]` is plain text."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
