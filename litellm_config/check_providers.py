"""Checks of the `providers` section, and of the keys it names."""

import re
from collections.abc import Iterator, Mapping

from litellm_config.catalog import Catalog
from litellm_config.facts import members_of
from litellm_config.findings import Findings
from litellm_config.problems import did_you_mean, listed
from litellm_config.providers import KINDS
from litellm_config.secrets import MASTER_KEY_VARIABLE, is_variable_name, master_key_weakness
from litellm_config.settings import ProviderSettings, Settings

_URL = re.compile(r"https?://(?P<user>[^/?#\s]*@)?[^/?#@\s]+(?P<path>/[^?#\s]*)?")


def check_providers(settings: Settings, catalog: Catalog, findings: Findings) -> None:
    """Find what is wrong with how the providers are reached."""
    used = {member.partition("/")[0] for member in members_of(settings)}
    for name, provider in settings.providers.items():
        if name not in catalog.litellm_providers:
            hint = did_you_mean(name, (*KINDS, *sorted(catalog.litellm_providers)))
            findings.error(("providers", name), f"LiteLLM knows no provider `{name}`{hint}")
        elif name not in used:
            findings.warning(("providers", name), "no chain uses this provider")
        _check_address(name, provider, findings)
        _check_key_names(name, provider, findings)
        _check_weights(name, provider, settings, findings)
        _check_plan(name, provider, catalog, findings)


def _check_address(name: str, provider: ProviderSettings, findings: Findings) -> None:
    if provider.surface is not None and name != "zai":
        findings.error(("providers", name, "surface"), "only `zai` has surfaces to choose from")
    if provider.base_url is None:
        return
    where = ("providers", name, "base_url")
    url = _URL.fullmatch(provider.base_url.strip())
    if url is None:
        findings.error(where, "must be an address such as `https://host/v1`, without a query")
    elif url["user"]:
        findings.error(where, "holds a user name or password; keys belong in `.env`")


def _check_key_names(name: str, provider: ProviderSettings, findings: Findings) -> None:
    where = ("providers", name, "keys")
    kind = KINDS.get(name)
    if kind and not provider.keys:
        usual = kind.key_variable
        findings.error(where, f"name the variable that holds the key: `keys: [{usual}]`")
    for index, key in enumerate(provider.keys):
        if not is_variable_name(key):
            findings.error(
                (*where, index),
                "this is not the name of a variable; the key itself belongs in `.env`, its "
                "variable's name here",
            )
        elif key in provider.keys[:index]:
            findings.error((*where, index), f"`{key}` is listed twice")
        elif key == MASTER_KEY_VARIABLE:
            findings.error((*where, index), f"`{key}` is the proxy's own key, not a provider's")


def _check_weights(
    name: str, provider: ProviderSettings, settings: Settings, findings: Findings
) -> None:
    where = ("providers", name, "weights")
    for key in provider.weights:
        if key not in provider.keys:
            hint = did_you_mean(key, provider.keys)
            findings.error((*where, key), f"is not one of the provider's `keys`{hint}")
    if provider.weights and settings.limits.strategy != "weighted":
        findings.warning(where, "has no effect unless `limits.strategy` is `weighted`")


def _check_plan(
    name: str, provider: ProviderSettings, catalog: Catalog, findings: Findings
) -> None:
    plans = catalog.plans_of(name)
    if provider.plan is None or provider.plan in plans:
        return
    known = f"known are {listed(plans)}" if plans else f"no plans of `{name}` are known"
    hint = did_you_mean(provider.plan, plans) or f"; {known}"
    findings.error(("providers", name, "plan"), f"unknown plan `{provider.plan}`{hint}")


def check_keys(
    settings: Settings, variables: Mapping[str, str], dotenv: str, findings: Findings
) -> None:
    """Find keys that are not set, and a master key that LiteLLM would refuse.

    Args:
        settings: The settings.
        variables: Environment and `.env`, merged.
        dotenv: Name of the `.env` file, for problems.
        findings: Where problems go; none holds a key.
    """
    for name, index, key in _named_keys(settings):
        message = _key_trouble(key, variables.get(key, ""))
        if message:
            findings.error(("providers", name, "keys", index), message)
    for names in _same_values(settings, variables):
        findings.outside(
            dotenv, names[0], f"{listed(names)} hold the same key and share one quota", "warning"
        )
    master = variables.get(MASTER_KEY_VARIABLE)
    if master is None:
        findings.outside(
            dotenv, MASTER_KEY_VARIABLE, "is not set; `ccglm init` writes a random one"
        )
    elif weakness := master_key_weakness(master):
        findings.outside(
            dotenv, MASTER_KEY_VARIABLE, f"{weakness}; `ccglm init` writes a random one"
        )


def _named_keys(settings: Settings) -> Iterator[tuple[str, int, str]]:
    for name, provider in settings.providers.items():
        for index, key in enumerate(provider.keys):
            if is_variable_name(key):
                yield name, index, key


def _key_trouble(key: str, value: str) -> str:
    if not value.strip():
        return f"the variable `{key}` is not set; add it to `.env` or export it"
    if re.search(r"\s", value.strip()):
        return f"the value of `{key}` contains white space; is it one key?"
    if not value.strip().isascii():
        return f"the value of `{key}` has characters that no key has; was it copied whole?"
    return ""


def _same_values(settings: Settings, variables: Mapping[str, str]) -> Iterator[list[str]]:
    by_value: dict[tuple[str, str], list[str]] = {}
    for name, _, key in _named_keys(settings):
        if variables.get(key):
            by_value.setdefault((name, variables[key]), []).append(key)
    for names in by_value.values():
        distinct = list(dict.fromkeys(names))
        if len(distinct) > 1:
            yield distinct
