"""Settings to LiteLLM's configuration, and to what the hooks need. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from litellm_config.alias_table import build_alias_table, listed_aliases
from litellm_config.catalog import Catalog, data_text
from litellm_config.deployments import build_deployments
from litellm_config.facts import facts_for, members_of
from litellm_config.fallbacks import build_fallbacks, has_key_choice, longest_fallback
from litellm_config.hook_settings import (
    HookSettings,
    ModelFacts,
    RouteSettings,
)
from litellm_config.limits import build_limits
from litellm_config.proxy_config import ProxyConfig
from litellm_config.secrets import MASTER_KEY_VARIABLE, REFERENCE
from litellm_config.settings import Settings

HOOKS_INSTANCE = "callbacks.entrypoint.proxy_hooks"
"""The hooks, as LiteLLM loads them: an instance, not a class."""

_ADDED_TO = (("model_list",), ("litellm_settings", "callbacks"))
"""Lists of ours that the user's own `litellm` section adds to instead of replacing."""


def build(settings: Settings, catalog: Catalog) -> ProxyConfig:
    """Return the LiteLLM configuration that the settings amount to.

    Args:
        settings: Checked settings.
        catalog: The shipped facts.

    Returns:
        The configuration, with the user's `litellm` section merged last.
    """
    ours: dict[str, Any] = {
        "model_list": [entry.to_data() for entry in build_deployments(settings, catalog)],
        "litellm_settings": _litellm_settings(settings),
        "router_settings": _router_settings(settings),
        "general_settings": _general_settings(),
    }
    return ProxyConfig(merge(ours, settings.litellm))


def _litellm_settings(settings: Settings) -> dict[str, Any]:
    return {
        "callbacks": [HOOKS_INSTANCE],
        "drop_params": True,
        "num_retries": 0,
        "request_timeout": settings.server.request_timeout_s,
        "telemetry": False,
        "suppress_debug_info": True,
        # tokens are counted by ours; a tokenizer must not be fetched during a request
        "disable_hf_tokenizer_download": True,
        "turn_off_message_logging": not settings.logging.content,
    }


def _router_settings(settings: Settings) -> dict[str, Any]:
    return {
        "routing_strategy": "simple-shuffle",
        "num_retries": 0,
        "retry_after": 0,
        "timeout": settings.server.request_timeout_s,
        # pauses are kept by the hooks: by cause, over restarts, ended by a probe
        "disable_cooldowns": True,
        # another key of the same model is tried before the next model
        "enable_weighted_failover": has_key_choice(settings),
        "max_fallbacks": longest_fallback(settings),
        "fallbacks": build_fallbacks(settings),
        "model_group_alias": dict(listed_aliases(build_alias_table(settings))),
        # would count the tokens of every request with LiteLLM's tokenizer
        "enable_pre_call_checks": False,
    }


def _general_settings() -> dict[str, Any]:
    return {
        "master_key": REFERENCE + MASTER_KEY_VARIABLE,
        # a client that goes away must not go on using up the quota
        "cancel_on_disconnect": True,
        # what LiteLLM would log there is in the usage database, without a server
        "disable_spend_logs": True,
        "disable_error_logs": True,
    }


def merge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return ours with theirs on top.

    Args:
        ours: Generated configuration.
        theirs: The user's `litellm` section.

    Returns:
        A new mapping: mappings are merged at every depth, everything else of theirs replaces
        ours, except that `model_list` and `litellm_settings.callbacks` are added to.
    """
    return _merged(ours, theirs, ())


def _merged(ours: Mapping[str, Any], theirs: Mapping[str, Any], at: tuple[str, ...]) -> Any:
    result: dict[str, Any] = dict(ours)
    for key, value in theirs.items():
        here, old = (*at, key), result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _merged(cast("dict[str, Any]", old), cast("dict[str, Any]", value), here)
        elif here in _ADDED_TO and isinstance(old, list) and isinstance(value, list):
            kept = cast("list[Any]", old)
            result[key] = [*kept, *(x for x in cast("list[Any]", value) if x not in kept)]
        else:
            result[key] = value
    return result


def build_hook_settings(
    settings: Settings, catalog: Catalog, *, usage_db_path: Path | str
) -> HookSettings:
    """Return what `callbacks` needs at run time.

    Args:
        settings: Checked settings, prompt files already read.
        catalog: The shipped facts.
        usage_db_path: Where the usage database is.

    Returns:
        The settings of the hooks; they hold no secret.
    """
    members = members_of(settings)
    models = {name: facts for name in members if (facts := facts_for(name, settings, catalog))}
    return HookSettings(
        aliases=build_alias_table(settings),
        chains=settings.models,
        routes=_routes(settings),
        models=models,
        reserve_tokens=_reserve_tokens(settings, catalog, models),
        prompt_prefix=prompt_text(settings.prompt.prefix),
        prompt_prefix_by_model={
            name: prompt_text(text) for name, text in settings.prompt.per_model.items()
        },
        temperature_cap=settings.temperature.cap,
        temperature_code_scale=settings.temperature.code_scale,
        reasoning_models=settings.reasoning_injection.models,
        reasoning_text=_reasoning_text(settings),
        limits=build_limits(settings, catalog, members),
        claude_prices=catalog.claude_prices.tiers,
        usage_db_path=str(usage_db_path),
        retention_days=settings.usage.retention_days,
        pace_ms=settings.server.pace_ms,
        ping_s=settings.server.ping_s,
        stall_timeout_s=settings.server.stall_timeout_s,
        logging_content=settings.logging.content,
    )


def prompt_text(setting: str) -> str:
    """Return the text a prefix setting stands for: `default`, `none` or the text itself."""
    if setting == "none":
        return ""
    return data_text("prompt_prefix.txt").strip() if setting == "default" else setting


def _reasoning_text(settings: Settings) -> str:
    text = settings.reasoning_injection.text
    return data_text("reasoning_text.txt").strip() if text == "default" else text


def _routes(settings: Settings) -> RouteSettings:
    routes = settings.routes
    long = routes.long_context
    return RouteSettings(
        background=routes.background,
        think=routes.think,
        long_context=long.to if long else None,
        long_context_above_tokens=long.above_tokens if long else None,
        image=routes.image,
        subagent=routes.subagent,
        web_search=routes.web_search,
        custom=routes.custom,
    )


def _reserve_tokens(
    settings: Settings, catalog: Catalog, models: Mapping[str, ModelFacts]
) -> dict[str, int]:
    reserved: dict[str, int] = {}
    for member, facts in models.items():
        plans = catalog.plans.get(facts.provider)
        usual = plans.reservation.default_tokens if plans and plans.reservation else None
        most = settings.providers[facts.provider].reserve_tokens or usual
        if most is not None:
            reserved[member] = min(most, facts.max_output_tokens)
    return reserved
