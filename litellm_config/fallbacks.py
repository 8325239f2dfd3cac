"""Where a request goes when the first of a chain cannot serve it, in LiteLLM's terms.

LiteLLM looks fallbacks up by the requested name, before aliases are resolved (seen in 1.106.2).
The routing hook replaces every requested name by a role or member first; so roles are all the names
that need an entry. A single member that is asked for by its own name has none: whoever names a
model wants that model.
"""

from collections.abc import Iterator, Mapping, Sequence

from litellm_config.settings import Settings


def build_fallbacks(settings: Settings) -> list[dict[str, list[str]]]:
    """Return `router_settings.fallbacks`: for each role its second, third, ... member."""
    return [{role: list(chain[1:])} for role, chain in settings.models.items() if len(chain) > 1]


_LITELLM_MOST_STEPS = 5
"""LiteLLM's own limit; longer chains need more, shorter ones lose nothing by it."""


def longest_fallback(settings: Settings) -> int:
    """Return the most steps a request may take: every further member, and every further key."""
    steps = [
        sum(_key_count(settings, member) for member in chain) - 1
        for chain in settings.models.values()
    ]
    return max(_LITELLM_MOST_STEPS, *steps)


def has_key_choice(settings: Settings) -> bool:
    """Tell whether any provider has more than one key."""
    return any(len(provider.keys) > 1 for provider in settings.providers.values())


def walk(group: str, fallbacks: Sequence[Mapping[str, Sequence[str]]]) -> Iterator[str]:
    """Yield the groups tried for a request, in order; each once, however they are linked.

    Args:
        group: The group that is asked for.
        fallbacks: As `build_fallbacks` returns them.

    Yields:
        The group itself, then those it falls back to.
    """
    following = {name: targets for entry in fallbacks for name, targets in entry.items()}
    seen: set[str] = set()
    waiting = [group]
    while waiting:
        here = waiting.pop(0)
        if here not in seen:
            seen.add(here)
            yield here
            waiting.extend(following.get(here, ()))


def _key_count(settings: Settings, member: str) -> int:
    provider = settings.providers.get(member.partition("/")[0])
    return max(1, len(provider.keys)) if provider else 1
