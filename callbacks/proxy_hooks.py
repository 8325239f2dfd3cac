"""Everything LiteLLM tells us while it serves a request, as one object with the hooks in their order.

One object, because LiteLLM walks its whole callback list for each event of each request. The events, in order:
`async_pre_call_hook` once a request; then for each attempt `async_filter_deployments`,
`async_pre_call_deployment_hook`, and on failure `async_post_call_failure_deployment_hook`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from litellm.exceptions import BadRequestError, NotFoundError, RateLimitError
from litellm.integrations.custom_logger import CustomLogger
from typing_extensions import override

from callbacks.attempt import Attempt, Timing
from callbacks.calibrations import Calibrations
from callbacks.dialects.base import Target
from callbacks.dialects.causes import Verdict
from callbacks.dialects.chat_history import sendable_history
from callbacks.dialects.choice import chat_api_base, dialect_for
from callbacks.hooks.chain import member_of
from callbacks.hooks.quota import Quota
from callbacks.hooks.routing import Routing, UnknownModelError, WebSearchRefusedError
from callbacks.hooks.system_prompt import SystemPrompt
from callbacks.hooks.temperature import Temperature
from callbacks.hooks.usage_log import UsageLog
from callbacks.hooks.validity import problem_of
from callbacks.litellm_errors import fault_of
from callbacks.litellm_seam import enter, is_repeating
from callbacks.request_context import (
    REQUEST_ID_KEY,
    Hop,
    RequestContext,
    begin_request,
    current_request,
    find_request,
)
from callbacks.translate.json_values import as_object, as_text
from callbacks.translate.tokens import estimate_tokens
from litellm_config.hook_settings import HookSettings, ModelFacts

MESSAGES = "anthropic_messages"
SERVED_CALLS = frozenset((MESSAGES, "acompletion", "completion"))

_LOG = logging.getLogger("ccglm")


class ProxyHooks(CustomLogger):
    """The hooks of one proxy process."""

    def __init__(
        self,
        settings: HookSettings,
        calibrations: Calibrations,
        usage_log: UsageLog,
        quota: Quota,
    ) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.usage_log = usage_log
        self.quota = quota
        self._settings = settings
        self._calibrations = calibrations
        self._routing = Routing(settings)
        self._system_prompt = SystemPrompt(settings)
        self._temperature = Temperature(settings)
        self._timing = Timing(settings.pace_ms, settings.ping_s, settings.stall_timeout_s)

    @override
    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: Any
    ) -> dict[str, Any]:
        """Resolve the requested name and remember who asked for what.

        Raises:
            NotFoundError: Nobody has the name.
            BadRequestError: A body that is none, or a web search that nobody may serve.
        """
        request = as_object(data.get("proxy_server_request"))
        headers = {str(k).lower(): v for k, v in as_object(request.get("headers")).items()}
        context = current_request() or begin_request(as_text(request.get("url")), headers)
        context.requested_model = context.requested_model or as_text(data.get("model"))
        context.stream = data.get("stream") is True
        context.litellm_call_id = as_text(data.get("litellm_call_id"))
        context.body = {key: data[key] for key in as_object(request.get("body")) if key in data}
        metadata = data.setdefault("litellm_metadata" if call_type == MESSAGES else "metadata", {})
        metadata[REQUEST_ID_KEY] = context.request_id
        if call_type == MESSAGES:
            _drop_odd_metadata(data)
            if problem := problem_of(data):
                raise _refuse(context, BadRequestError, 400, problem)
        if not context.internal:
            data["model"] = self._route(data, context)
        context.group = as_text(data["model"])
        self._enter(context, user_api_key_dict)
        return data

    def _enter(self, context: RequestContext, token: Any) -> None:
        refusal = self.quota.enter(context, as_text(getattr(token, "api_key", "")))
        if refusal is not None:
            context.refusal = refusal
            raise RateLimitError(refusal.message, "", context.requested_model)

    def count_tokens(self, body: Mapping[str, Any]) -> int:
        """Return about how many input tokens a Messages body would cost, by what was learned of its model.

        Our prefix counts only where the client counts its own system prompt: `/context` of Claude Code asks for
        each part of a conversation alone.

        Raises:
            UnknownModelError: Nobody has the requested name.
        """
        group = self._routing.group_of(as_text(body.get("model")))
        member = self._settings.chains.get(group, (group,))[0]
        counted = dict(body)
        if counted.get("system"):
            self._system_prompt.apply(counted, member, group, messages_api=True)
        return max(1, round(estimate_tokens(counted) * self._calibrations.ratio(member)))

    def _route(self, data: dict[str, Any], context: RequestContext) -> str:
        try:
            route = self._routing.route(
                data, agent_id=context.agent_id, session_id=context.session_id
            )
        except UnknownModelError as error:
            raise _refuse(context, NotFoundError, 404, error.message) from None
        except WebSearchRefusedError as error:
            raise _refuse(context, BadRequestError, 400, error.message) from None
        context.role = route.role
        return route.group

    @override
    async def async_filter_deployments(
        self,
        model: str,
        healthy_deployments: list[Any],
        messages: Any,
        request_kwargs: dict[str, Any] | None = None,
        parent_otel_span: Any = None,
    ) -> list[Any]:
        """Leave the one deployment that is to serve, or none so that the Router goes on to the next group."""
        context = find_request(request_kwargs or {})
        if context is None or context.internal:
            return healthy_deployments
        return list(await self.quota.choose(healthy_deployments, context))

    @override
    async def async_pre_call_deployment_hook(
        self, kwargs: dict[str, Any], call_type: Any
    ) -> dict[str, Any] | None:
        """Shape one attempt for the member that serves it, and put our dialect in charge of it if it has one."""
        if is_repeating():
            return None
        call = call_type.value if call_type is not None else ""
        context = find_request(kwargs)
        if call not in SERVED_CALLS or context is None:
            return None
        deployment = as_object(kwargs.get("model_info"))
        deployment_id = as_text(deployment.get("id"))
        if context.hops and context.hops[-1].outcome == "running":
            # LiteLLM's adapter for /v1/messages makes a chat completion of the same attempt.
            enter(None)
            return None
        facts = as_object(deployment.get("ccglm"))
        member = member_of({"model_info": deployment, "litellm_params": kwargs})
        hop = context.begin_hop(member, deployment_id, as_text(facts.get("key_label")))
        request = dict(kwargs)
        if not context.internal:
            self._system_prompt.apply(request, member, context.role, messages_api=call == MESSAGES)
            self._temperature.apply(request)
        if call == MESSAGES:
            request.update(enter(self._attempt(request, facts, hop, context)))
        else:
            enter(None)
            plan = self._settings.limits.plans.get(hop.provider, "")
            base = as_text(request.get("api_base"))
            request["api_base"] = chat_api_base(hop.provider, base, plan) or None
            if dialect_for(hop.provider, base) is not None:
                history = as_text(facts.get("reasoning_history"))
                request["messages"] = sendable_history(request.get("messages"), history)
        return request

    def _attempt(
        self, request: Mapping[str, Any], facts: dict[str, Any], hop: Hop, context: RequestContext
    ) -> Attempt | None:
        """Return our attempt for a deployment of the settings, None for one LiteLLM's adapter speaks to."""
        api_base = as_text(request.get("api_base")).rstrip("/")
        dialect = dialect_for(as_text(facts.get("provider")), api_base)
        if dialect is None:
            return None
        target = Target(
            member=hop.member,
            deployment_id=hop.deployment_id,
            key_label=hop.key_label,
            api_key=as_text(request.get("api_key")),
            api_base=api_base,
            facts=self._settings.models.get(hop.member) or _facts_of(facts),
            reserve_tokens=self._settings.reserve_tokens.get(hop.member),
            token_ratio=self._calibrations.ratio(hop.member),
            serves_web_search=self._settings.routes.web_search == "zai",
        )
        return Attempt(dialect, target, context, hop, self._timing, self._calibrations.observe)

    @override
    async def async_log_success_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        """Hand on LiteLLM's report of an answer that its own adapter translated."""
        self.usage_log.reported(kwargs)

    @override
    async def async_post_call_failure_deployment_hook(
        self,
        request_data: Mapping[str, Any],
        exception: Exception,
        call_type: Any,
        fallback_depth: int | None = None,
    ) -> None:
        """Note why an attempt failed, also one through LiteLLM's own adapter."""
        context = find_request(request_data)
        if context is None or not context.hops:
            return
        hop = context.hops[-1]
        _, _, model = hop.member.partition("/")
        hop.end("failed", fault_of(exception, hop.provider, model, hop.key_label))
        _LOG.info("%s %s failed: %s", context.request_id, hop.deployment_id, hop.cause)


def _facts_of(facts: Mapping[str, Any]) -> ModelFacts:
    known = {name: facts[name] for name in ModelFacts.model_fields if name in facts}
    return ModelFacts(**known)


def _drop_odd_metadata(data: dict[str, Any]) -> None:
    """Leave only what LiteLLM's check of `metadata` accepts; anything else would be answered with a 500."""
    user_id = as_object(data.get("metadata")).get("user_id")
    if isinstance(user_id, str):
        data["metadata"] = {"user_id": user_id}
    else:
        data.pop("metadata", None)


def _refuse(
    context: RequestContext,
    kind: type[NotFoundError | BadRequestError],
    status: int,
    message: str,
) -> Exception:
    """Note in the context why nobody is asked, and return the exception that ends the request."""
    error_type = "not_found_error" if status == 404 else "invalid_request_error"
    context.refusal = Verdict(status, error_type, message, None, should_retry=False)
    error = kind(message, context.requested_model, "")
    # LiteLLM puts its class name in front of the message.
    error.message = message
    return error
