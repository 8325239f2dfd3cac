"""Which keys there are: from the environment, from `.env`, or from the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ccglm.proxy.demo import new_master_key
from litellm_config.providers import KINDS
from litellm_config.secrets import MASTER_KEY_VARIABLE, master_key_weakness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from litellm_config.settings import Settings

TITLES: Final = {"cerebras": "Cerebras", "zai": "Z.ai"}
"""Names of the providers as people write them."""


@dataclass(frozen=True)
class WantedKey:
    """A key that the settings name."""

    provider: str
    variable: str

    @property
    def question(self) -> str:
        """What to ask the user."""
        title = TITLES.get(self.provider, self.provider)
        return f"{title} API key, kept as {self.variable} (empty: none)"


def keys_of_providers(providers: Iterable[str]) -> list[WantedKey]:
    """Return the usual key of each provider."""
    return [WantedKey(name, KINDS[name].key_variable) for name in providers]


def keys_of_settings(settings: Settings) -> list[WantedKey]:
    """Return every key that settings name."""
    return [
        WantedKey(name, variable)
        for name, provider in settings.providers.items()
        for variable in provider.keys
    ]


def find_keys(
    wanted: Iterable[WantedKey],
    environment: Mapping[str, str],
    stored: Mapping[str, str],
    ask: Callable[[str], str] | None,
) -> dict[str, str]:
    """Return the keys there are, by variable.

    Args:
        wanted: Which ones.
        environment: The user's; wins.
        stored: What `.env` holds.
        ask: Asks the user a question and returns the answer, "" for none; None: nobody is there to ask.

    Returns:
        Variable to key; keys nobody has are left out.
    """
    found: dict[str, str] = {}
    for key in wanted:
        value = environment.get(key.variable, "").strip() or stored.get(key.variable, "").strip()
        if not value and ask is not None:
            value = ask(key.question).strip()
        if value:
            found[key.variable] = value
    return found


def variables_to_store(
    keys: Mapping[str, str],
    environment: Mapping[str, str],
    stored: Mapping[str, str],
    *,
    replace: bool,
) -> dict[str, str]:
    """Return what has to be written into `.env`.

    The addresses of private endpoints go with the keys that are for them, so that a later command works in a
    shell where the variables are not exported.

    Args:
        keys: From `find_keys`.
        environment: The user's.
        stored: What `.env` holds; kept unless it is empty.
        replace: Whether the user's environment replaces what is stored.

    Returns:
        Variable to value; what is stored already is among them, unchanged or replaced.
    """
    names = [*(kind.base_variable for kind in KINDS.values()), MASTER_KEY_VARIABLE]
    given = {name: environment[name].strip() for name in names if environment.get(name, "").strip()}
    result = {**keys, **given}
    if not replace:
        result |= {name: stored[name] for name in result if stored.get(name)}
    master = result.get(MASTER_KEY_VARIABLE) or stored.get(MASTER_KEY_VARIABLE, "")
    if master_key_weakness(master):
        master = new_master_key()
    return {**result, MASTER_KEY_VARIABLE: master}
