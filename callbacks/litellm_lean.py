"""Whether LiteLLM's own logging of an answer has anybody to tell; without, the cuts of the other modules apply.

LiteLLM rebuilds each streamed answer, prices it and calls a dozen loggers of its own with it. With the configuration
that ccglm writes none of them has a job: there is no database, no virtual key, no budget and no logger of the user's;
usage and prices are in our own log already. As soon as the configuration holds anything that ccglm did not write
(`litellm:` in the settings), a database is connected, or a logger appears that is not on the list, every cut is off
and a request takes LiteLLM's whole way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import litellm

from callbacks.translate.json_values import as_object
from litellm_config.proxy_config import LitellmParams

_LOG = logging.getLogger("ccglm")

IDLE_LOGGERS = frozenset(
    (
        # Ours: told by the edge and the attempts, needs LiteLLM's report for foreign providers only.
        "callbacks.proxy_hooks.ProxyHooks",
        # Counts requests for deployments with limits; ours have none, keys are chosen by our quota.
        "litellm.router.Router",
        # Limits, budgets and rules of virtual keys, which live in a database.
        "litellm.proxy.hooks.model_max_budget_limiter._PROXY_VirtualKeyModelMaxBudgetLimiter",
        "litellm.proxy.hooks.parallel_request_limiter_v3._PROXY_MaxParallelRequestsHandler_v3",
        "litellm.proxy.hooks.cache_control_check._PROXY_CacheControlCheck",
        "litellm.proxy.hooks.max_iterations_limiter._PROXY_MaxIterationsHandler",
        "litellm.proxy.hooks.max_budget_per_session_limiter._PROXY_MaxBudgetPerSessionHandler",
        "litellm.proxy.hooks.sensitive_data_routing._PROXY_SensitiveDataRoutingHandler",
        # The Responses API, Anthropic's skills and Anthropic's own prompt cache.
        "litellm.proxy.hooks.responses_id_security.ResponsesIDSecurity",
        "litellm.proxy.hooks.litellm_skills.main.SkillsInjectionHook",
        "litellm.proxy.hooks.prompt_cache_prediction.PromptCacheObserver",
        # Health of Redis and the database.
        "litellm._service_logger.ServiceLogging",
    )
)
"""Classes whose work on an answer is none in the configuration that ccglm writes (LiteLLM 1.106, 2026-11)."""

OUR_KEYS: Mapping[str, frozenset[str]] = {
    "litellm_settings": frozenset(
        (
            "callbacks", "drop_params", "num_retries", "request_timeout", "telemetry", "suppress_debug_info",
            "disable_hf_tokenizer_download", "turn_off_message_logging",
        )
    ),
    "router_settings": frozenset(
        (
            "routing_strategy", "num_retries", "retry_after", "timeout", "disable_cooldowns", "cooldown_time",
            "allowed_fails", "enable_weighted_failover", "max_fallbacks", "fallbacks", "model_group_alias",
            "enable_pre_call_checks",
        )
    ),
    "general_settings": frozenset(
        ("master_key", "cancel_on_disconnect", "disable_spend_logs", "disable_error_logs")
    ),
}  # fmt: skip
"""What ccglm writes in each section; anything else is the user's and means LiteLLM's whole way."""

OUR_CALLBACKS = ["callbacks.entrypoint.proxy_hooks"]

# Where loggers of answers register; the first is what hooks of requests register in.
_LISTS = ("callbacks", "success_callback", "_async_success_callback", "input_callback", "_async_input_callback")  # fmt: skip


class _State:
    """The decision of this process."""

    def __init__(self) -> None:
        self.reasons: tuple[str, ...] = ("not started",)
        self.known: tuple[int, ...] = ()


_state = _State()


def settle(config: Mapping[str, Any], *, database: bool) -> tuple[str, ...]:
    """Decide once LiteLLM has started, and return what stands against the cuts; nothing, if they apply.

    Args:
        config: LiteLLM's configuration as it was read.
        database: Whether LiteLLM has connected one.
    """
    reasons = [*foreign_keys(config), *foreign_loggers(_loggers())]
    if database:
        reasons.append("a database is connected")
    if litellm.cache is not None:
        reasons.append("answers are cached")
    _state.reasons = tuple(reasons)
    _state.known = _sizes()
    if reasons:
        _LOG.info("requests take LiteLLM's whole way: %s", ", ".join(reasons[:5]))
    return _state.reasons


def unsettle() -> None:
    """Turn all cuts off."""
    _state.reasons = ("not started",)


def is_lean() -> bool:
    """Tell whether the cuts apply to a request that is served now."""
    if _state.reasons:
        return False
    if _sizes() != _state.known:
        _state.reasons = tuple(foreign_loggers(_loggers()))
        _state.known = _sizes()
    return not _state.reasons


def foreign_keys(config: Mapping[str, Any]) -> list[str]:
    """Return the keys of a LiteLLM configuration that ccglm does not write."""
    found = [
        name
        for name in config
        if name != "model_list" and name not in OUR_KEYS and config[name] not in (None, {}, [])
    ]
    for section, ours in OUR_KEYS.items():
        found += [
            f"{section}.{name}" for name in as_object(config.get(section)) if name not in ours
        ]
    if as_object(config.get("litellm_settings")).get("callbacks") != OUR_CALLBACKS:
        found.append("litellm_settings.callbacks")
    if as_object(config.get("router_settings")).get("routing_strategy") != "simple-shuffle":
        found.append("router_settings.routing_strategy")
    for deployment in cast("Sequence[Any]", config.get("model_list") or ()):
        params = as_object(as_object(deployment).get("litellm_params"))
        found += [
            f"litellm_params.{name}" for name in params if name not in LitellmParams.model_fields
        ]
    return sorted(set(found))


def foreign_loggers(loggers: Iterable[object]) -> list[str]:
    """Return the names of loggers that may have a job."""
    names = {_name_of(logger) for logger in loggers}
    return sorted(names - IDLE_LOGGERS)


def _name_of(logger: object) -> str:
    if isinstance(logger, str):
        return logger
    holder = getattr(logger, "__self__", logger)
    kind = cast("type[object]", type(holder))
    return f"{kind.__module__}.{kind.__qualname__}"


def _loggers() -> list[object]:
    return [logger for name in _LISTS for logger in cast("list[object]", getattr(litellm, name))]


def _sizes() -> tuple[int, ...]:
    return tuple(len(cast("list[object]", getattr(litellm, name))) for name in _LISTS)
