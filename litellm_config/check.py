"""All checks that need more than one value: everything wrong is reported together."""

from collections.abc import Mapping

from litellm_config.catalog import Catalog
from litellm_config.check_chains import check_chains
from litellm_config.check_litellm import check_litellm, referenced_variables
from litellm_config.check_names import check_names
from litellm_config.check_providers import check_keys, check_providers
from litellm_config.findings import Findings
from litellm_config.problems import Problem
from litellm_config.settings import Settings
from litellm_config.yaml_text import YamlSource

_LOOPBACK = ("127.", "::1", "localhost")


def check(
    settings: Settings,
    catalog: Catalog,
    *,
    variables: Mapping[str, str] | None = None,
    source: YamlSource | None = None,
    file: str = "ccglm.yaml",
    dotenv: str = ".env",
) -> list[Problem]:
    """Find everything that is wrong with settings of the right shape.

    Args:
        settings: What to check.
        catalog: The shipped facts.
        variables: Environment and `.env`, merged; None: keys are not looked up.
        source: The file the settings are from, for lines.
        file: Its name, for problems.
        dotenv: Name of the `.env` file, for problems.

    Returns:
        Errors and warnings; no message holds a key.
    """
    findings = Findings(file, source)
    check_providers(settings, catalog, findings)
    check_chains(settings, catalog, findings)
    check_names(settings, catalog, findings)
    check_litellm(settings, variables, findings)
    _check_exposure(settings, findings)
    if variables is not None:
        check_keys(settings, variables, dotenv, findings)
    return findings.problems


def needed_variables(settings: Settings) -> list[str]:
    """Return the variables the proxy process must be given, beside its master key."""
    keys = [key for provider in settings.providers.values() for key in provider.keys]
    return list(dict.fromkeys([*keys, *referenced_variables(settings)]))


def _check_exposure(settings: Settings, findings: Findings) -> None:
    if not settings.server.host.startswith(_LOOPBACK):
        findings.warning(
            ("server", "host"),
            f"`{settings.server.host}` lets other machines in; only the master key protects it",
        )
    if settings.logging.content:
        findings.warning(
            ("logging", "content"), "prompts and answers are written to the logs in plain text"
        )
