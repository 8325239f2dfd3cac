"""Checks of the raw `litellm` section: nothing secret in it, nothing of ours undone."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from litellm_config.findings import Findings
from litellm_config.problems import KeyPath, did_you_mean
from litellm_config.secrets import REFERENCE, is_secret_name
from litellm_config.settings import Settings

_SECTIONS: Mapping[str, type] = {
    "model_list": list,
    "litellm_settings": dict,
    "router_settings": dict,
    "general_settings": dict,
}


def check_litellm(
    settings: Settings, variables: Mapping[str, str] | None, findings: Findings
) -> None:
    """Find what must not or cannot be merged into LiteLLM's configuration.

    Args:
        settings: The settings.
        variables: Environment and `.env`, merged; None: references are not followed.
        findings: Where problems go; none holds a secret.
    """
    for name, value in settings.litellm.items():
        where: KeyPath = ("litellm", name)
        wanted = _SECTIONS.get(name)
        if wanted is not None and not isinstance(value, wanted):
            form = "a list" if wanted is list else "a mapping of `key: value` lines"
            findings.error(where, f"must be {form}")
        elif wanted is None and (hint := did_you_mean(name, _SECTIONS)):
            findings.warning(where, f"LiteLLM may know no section of this name{hint}")
    general = settings.litellm.get("general_settings")
    if isinstance(general, dict) and "master_key" in general:
        findings.error(
            ("litellm", "general_settings", "master_key"),
            "the master key is `CCGLM_MASTER_KEY` in `.env`; it cannot be set here",
        )
    for path, text in texts_below(settings.litellm, ("litellm",)):
        _check_text(path, text, variables, findings)


def _check_text(
    path: KeyPath, text: str, variables: Mapping[str, str] | None, findings: Findings
) -> None:
    if path[-1] == "master_key":
        return
    if text.startswith(REFERENCE):
        name = text.removeprefix(REFERENCE)
        if variables is not None and not variables.get(name):
            findings.error(path, f"the variable `{name}` is not set; add it to `.env` or export it")
    elif is_secret_name(str(path[-1])):
        findings.error(
            path, "a secret would be written into a generated file; write `${NAME}` and set it"
        )


def texts_below(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield every text below a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from texts_below(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from texts_below(item, (*path, index))


def referenced_variables(settings: Settings) -> list[str]:
    """Return the variables that the `litellm` section refers to; the proxy needs them too."""
    named = (
        text.removeprefix(REFERENCE)
        for _, text in texts_below(settings.litellm, ())
        if REFERENCE in text
    )
    return list(dict.fromkeys(named))
