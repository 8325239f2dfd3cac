"""When the cuts apply, and what turns them off."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import litellm
import pytest
import yaml
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy.hooks import PROXY_HOOKS

from callbacks.litellm_lean import (
    IDLE_LOGGERS,
    foreign_keys,
    foreign_loggers,
    is_lean,
    settle,
    unsettle,
)
from litellm_config.build import build
from litellm_config.catalog import read_catalog
from litellm_config.load import load_settings
from litellm_config.render import render
from tests.helpers.live_proxy import DEFAULT_SETTINGS, KEYS, MASTER_KEY

# Registered only where LiteLLM's automatic router is configured, which turns the cuts off.
NOT_BY_DEFAULT = ("AutoRouterBaselineCache",)


@pytest.fixture(autouse=True)
def undecided() -> Generator[None]:
    unsettle()
    yield
    unsettle()


def our_config(folder: Path, **settings: Any) -> dict[str, Any]:
    source = folder / "ccglm.yaml"
    source.write_text(yaml.safe_dump({**DEFAULT_SETTINGS, **settings}))
    loaded = load_settings(source, {**KEYS, "CCGLM_MASTER_KEY": MASTER_KEY}, {})
    assert loaded.settings is not None, loaded.problems
    return yaml.safe_load(render(build(loaded.settings, read_catalog()), source="ccglm.yaml"))


def test_what_ccglm_writes_is_not_foreign(tmp_path: Path) -> None:
    assert foreign_keys(our_config(tmp_path)) == []
    keys = {"cerebras": {"keys": ["CEREBRAS_API_KEY", "CEREBRAS_API_KEY_2"]}}
    providers = {**DEFAULT_SETTINGS["providers"], **keys}
    assert foreign_keys(our_config(tmp_path, providers=providers)) == []


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"general_settings": {"database_url": "postgresql://x"}}, "general_settings.database_url"),
        ({"litellm_settings": {"success_callback": ["langfuse"]}}, "litellm_settings.success_callback"),
        ({"litellm_settings": {"max_budget": 10}}, "litellm_settings.max_budget"),
        ({"litellm_settings": {"cache": True}}, "litellm_settings.cache"),
        ({"router_settings": {"redis_host": "localhost"}}, "router_settings.redis_host"),
        ({"guardrails": [{"guardrail_name": "x"}]}, "guardrails"),
        ({"environment_variables": {"A": "b"}}, "environment_variables"),
    ],
)  # fmt: skip
def test_what_the_user_adds_is(tmp_path: Path, raw: dict[str, Any], found: str) -> None:
    config = our_config(tmp_path)
    for section, value in raw.items():
        if isinstance(value, dict):
            config[section] = {**config.get(section, {}), **cast("dict[str, Any]", value)}
        else:
            config[section] = value
    assert foreign_keys(config) == [found]


def test_changed_values_that_matter_are_too(tmp_path: Path) -> None:
    config = our_config(tmp_path)
    config["litellm_settings"]["callbacks"] = ["callbacks.entrypoint.proxy_hooks", "my.logger"]
    config["router_settings"]["routing_strategy"] = "usage-based-routing-v2"
    config["model_list"][0]["litellm_params"]["rpm"] = 10
    assert foreign_keys(config) == [
        "litellm_params.rpm",
        "litellm_settings.callbacks",
        "router_settings.routing_strategy",
    ]


def test_litellms_default_hooks_are_known() -> None:
    kinds = list(PROXY_HOOKS.values())
    assert kinds, "LiteLLM has moved its list of default hooks"
    names = {f"{k.__module__}.{k.__qualname__}" for k in kinds if k.__name__ not in NOT_BY_DEFAULT}
    unknown = names - IDLE_LOGGERS
    assert not unknown, (
        f"new default hooks: see what they do with an answer, then list them: {unknown}"
    )


def test_a_logger_of_the_users_is_foreign() -> None:
    assert foreign_loggers([CustomLogger()]) == ["litellm.integrations.custom_logger.CustomLogger"]  # pyright: ignore[reportUnknownMemberType]
    assert foreign_loggers(["langfuse"]) == ["langfuse"]
    assert foreign_loggers([asyncio.sleep]) == ["builtins.function"]


def test_nothing_is_lean_before_the_start(tmp_path: Path) -> None:
    assert not is_lean()
    assert settle(our_config(tmp_path), database=True) == ("a database is connected",)
    assert not is_lean()


def test_a_logger_that_comes_later_turns_the_cuts_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    callbacks: list[Any] = []
    monkeypatch.setattr(litellm, "success_callback", callbacks)
    assert settle(our_config(tmp_path), database=False) == ()
    assert is_lean()
    callbacks.append("langfuse")
    assert not is_lean()
