"""The last fence: no value of a secret may stand anywhere in the settings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from litellm_config.check_litellm import texts_below
from litellm_config.findings import Findings
from litellm_config.problems import KeyPath, Problem
from litellm_config.secrets import MASTER_KEY_VARIABLE, is_secret_name
from litellm_config.settings import Settings

_SHORTEST_SECRET = 8
"""Shorter values, such as `x` in a test, stand in any text."""


def secret_values(settings: Settings | None, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the values that must not be written anywhere, each with its variable's name.

    Args:
        settings: The settings, for the names of keys, if there are any.
        variables: Environment and `.env`, merged.

    Returns:
        Value to name, for every variable that is named as a key or looks like a secret.
    """
    providers = settings.providers.values() if settings else ()
    keys = {key for provider in providers for key in provider.keys}
    names = [n for n in variables if n in keys or n == MASTER_KEY_VARIABLE or is_secret_name(n)]
    values = {variables[name].strip(): name for name in names}
    return {value: name for value, name in values.items() if len(value) >= _SHORTEST_SECRET}


def check_secret_values(
    settings: Settings, variables: Mapping[str, str], findings: Findings
) -> None:
    """Find secrets that were pasted into the settings, or came in through a file or variable."""
    secrets = secret_values(settings, variables)
    found: dict[tuple[KeyPath, str], None] = {}  # in the order of the settings, each once
    for path, text in texts_below(settings.model_dump(mode="json"), ()):
        if path[0] == "providers" and "keys" in path[2:]:
            continue  # what is no name of a variable is reported there
        found |= {(path, name): None for value, name in secrets.items() if value in text}
    for path in keys_below(settings.model_dump(mode="json"), ()):
        key = str(path[-1])
        found |= {(path, name): None for value, name in secrets.items() if value in key}
    for path, name in found:
        findings.error(path, f"holds the value of `{name}`, which must stay in `.env`")


def keys_below(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Yield the path of every key of every mapping below a value: a key can be pasted there too."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield (*path, key)
            yield from keys_below(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from keys_below(item, (*path, index))


def without_secrets(problems: Iterable[Problem], secrets: Mapping[str, str]) -> list[Problem]:
    """Return problems whose texts show no secret that somebody pasted into the settings.

    Args:
        problems: Any problems.
        secrets: Value to name, from `secret_values`.

    Returns:
        The problems in their order, each secret value replaced by its variable's name.
    """
    return [
        replace(
            problem,
            key=_named(problem.key, secrets),
            message=_named(problem.message, secrets),
        )
        for problem in problems
    ]


def _named(text: str, secrets: Mapping[str, str]) -> str:
    for value, name in secrets.items():
        text = text.replace(value, f"(value of {name})")
    return text
