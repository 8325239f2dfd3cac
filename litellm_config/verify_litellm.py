"""Optional deep check: the installed LiteLLM itself takes the generated configuration.

Slow, since LiteLLM is imported: for a thorough validation and for tests. Nothing is sent.
"""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from litellm_config.problems import Problem, did_you_mean
from litellm_config.yaml_text import YamlSource, read_yaml

_READ_BY_THE_PROXY = frozenset({"callbacks", "telemetry", "cache", "cache_params", "json_logs"})
"""Keys of `litellm_settings` that LiteLLM's proxy reads without an attribute of that name."""


def verify(path: Path) -> list[Problem]:
    """Let the installed LiteLLM build its router from a generated configuration.

    Args:
        path: The `litellm.yaml`; keys are looked up in the environment, missing ones are no problem.

    Returns:
        What LiteLLM refuses or would ignore; empty when it takes everything.
    """
    source = read_yaml(path.read_text(encoding="utf-8"), path.name)
    if not isinstance(source, YamlSource):
        return source
    settings = cast("Mapping[str, Any]", source.data.get("litellm_settings") or {})
    router = cast("Mapping[str, Any]", source.data.get("router_settings") or {})
    return [
        *_unknown_settings(settings, source),
        *_unknown_router_settings(router, source),
        *_router_problems(router, source),
    ]


def _unknown_settings(settings: Mapping[str, Any], source: YamlSource) -> list[Problem]:
    import litellm

    return [
        source.problem(
            ("litellm_settings", name),
            f"the installed LiteLLM has no such setting{did_you_mean(name, vars(litellm))}",
            "warning",
        )
        for name in settings
        if name not in _READ_BY_THE_PROXY and not hasattr(litellm, name)
    ]


def _unknown_router_settings(settings: Mapping[str, Any], source: YamlSource) -> list[Problem]:
    from litellm.router import Router

    known = Router.get_valid_args()
    return [
        source.problem(
            ("router_settings", name),
            f"the installed LiteLLM has no such setting{did_you_mean(name, known)}",
            "warning",
        )
        for name in settings
        if name not in known
    ]


def _router_problems(settings: Mapping[str, Any], source: YamlSource) -> list[Problem]:
    from litellm.router import Router

    known = {name: settings[name] for name in Router.get_valid_args() if name in settings}
    models = cast("list[dict[str, Any]]", source.data.get("model_list") or [])
    logger = logging.getLogger("LiteLLM Router")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():  # LiteLLM's own, about its types
            warnings.simplefilter("ignore")
            router = Router(model_list=models, **known)
    except Exception as err:  # noqa: BLE001  # LiteLLM raises whatever its parts raise
        return [source.problem(("model_list",), f"LiteLLM refuses it: {_first_line(err)}")]
    finally:
        logger.setLevel(level)
    try:
        return _missing_groups(models, known, set(router.get_model_names()), source)
    finally:
        router.discard()


def _missing_groups(
    models: list[dict[str, Any]], settings: Mapping[str, Any], groups: set[str], source: YamlSource
) -> list[Problem]:
    problems = [
        source.problem(("model_list", index, "model_name"), "LiteLLM has left this group out")
        for index, entry in enumerate(models)
        if entry.get("model_name") not in groups
    ]
    fallbacks = cast("list[dict[str, list[str]]]", settings.get("fallbacks") or [])
    for index, entry in enumerate(fallbacks):
        problems += [
            source.problem(("router_settings", "fallbacks", index), f"there is no group `{target}`")
            for target in (name for chain in entry.values() for name in chain)
            if target not in groups
        ]
    return problems


def _first_line(err: Exception) -> str:
    lines = str(err).strip().splitlines()
    return lines[0] if lines else type(err).__name__
