"""The hooks as LiteLLM calls them, in the order it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from litellm.exceptions import BadRequestError, NotFoundError, RateLimitError
from litellm.types.utils import CallTypes

from callbacks.calibrations import Calibrations
from callbacks.hooks.quota import Quota
from callbacks.hooks.usage_log import UsageLog
from callbacks.litellm_router import sender_to
from callbacks.litellm_seam import enter
from callbacks.proxy_hooks import ProxyHooks
from callbacks.request_context import REQUEST_ID_KEY, RequestContext, begin_request
from callbacks.translate.reply_stream import Usage
from callbacks.usage_writer import UsageWriter
from litellm_config.hook_settings import HookSettings, LimitSettings, RateLimits, RouteSettings
from tests.helpers.dialects import KEYS, hook_settings

BODY: dict[str, Any] = {"model": "opus", "max_tokens": 9, "stream": True, "messages": [{"role": "user", "content": "hi"}]}  # fmt: skip
MESSAGES = CallTypes.anthropic_messages


@pytest.fixture
def hooks(tmp_path: Path) -> ProxyHooks:
    settings = hook_settings(tmp_path, prompt_prefix="PREFIX")
    return proxy_hooks(settings, tmp_path)


def proxy_hooks(
    settings: HookSettings, tmp_path: Path, calibrations: Calibrations | None = None
) -> ProxyHooks:
    writer = UsageWriter(tmp_path / "u.db")
    learned = calibrations or Calibrations()
    quota = Quota(settings, writer, {}, learned.ratio, sender_to, list)
    return ProxyHooks(settings, learned, UsageLog(writer, {}), quota)


@pytest.fixture
def context() -> Any:
    yield begin_request("/v1/messages", {})
    enter(None)


async def admitted(hooks: ProxyHooks, **changes: Any) -> dict[str, Any]:
    body = {**BODY, **changes}
    data = {**body, "litellm_call_id": "c1", "proxy_server_request": {"body": body, "headers": {}}}
    return await hooks.async_pre_call_hook(None, None, data, "anthropic_messages")


def a_deployment(member: str = "cerebras/zai-glm-4.7", key: int = 1) -> dict[str, Any]:
    provider, _, model = member.partition("/")
    facts = {"provider": provider, "model": model, "key_label": "KEY"}
    return {"model_info": {"id": f"{member}#{key}", "ccglm": facts}}


def a_call(
    data: dict[str, Any], member: str = "cerebras/zai-glm-4.7", key: int = 1
) -> dict[str, Any]:
    base = "https://p.invalid/api/anthropic" if member.startswith("zai") else "https://p.invalid/v1"
    return {**data, **a_deployment(member, key), "model": member, "api_key": "k", "api_base": base}


async def test_a_request_is_routed_and_remembered(
    hooks: ProxyHooks, context: RequestContext
) -> None:
    data = await admitted(hooks)
    assert data["model"] == "main"
    assert data["litellm_metadata"][REQUEST_ID_KEY] == context.request_id
    assert (context.requested_model, context.role, context.group) == ("opus", "main", "main")
    assert context.stream
    assert context.body == BODY
    assert context.litellm_call_id == "c1"


async def test_without_an_edge_the_context_is_made_here(hooks: ProxyHooks) -> None:
    data = await admitted(hooks)
    assert data["litellm_metadata"][REQUEST_ID_KEY].startswith("req_")


@pytest.mark.parametrize(
    ("changes", "kind", "status"),
    [
        ({"model": "zai/none"}, NotFoundError, 404),
        ({"messages": []}, BadRequestError, 400),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, BadRequestError, 400),
    ],
)
async def test_a_refusal_is_an_exception_and_noted(
    hooks: ProxyHooks,
    context: RequestContext,
    changes: dict[str, Any],
    kind: type[Exception],
    status: int,
) -> None:
    with pytest.raises(kind):
        await admitted(hooks, **changes)
    assert context.refusal is not None
    assert context.refusal.status == status


async def test_an_internal_request_is_left_as_it_is(hooks: ProxyHooks) -> None:
    begin_request("/v1/messages", {}, internal=True)
    assert (await admitted(hooks, model="ccglm-warmup-1"))["model"] == "ccglm-warmup-1"


async def test_metadata_litellm_would_choke_on_is_dropped(
    hooks: ProxyHooks, context: RequestContext
) -> None:
    assert "metadata" not in await admitted(hooks, metadata={"user_id": 5})
    data = await admitted(hooks, metadata={"user_id": "u", "more": []})
    assert data["metadata"] == {"user_id": "u"}


async def test_an_attempt_is_shaped_for_who_serves(
    hooks: ProxyHooks, context: RequestContext
) -> None:
    data = await admitted(hooks, tools=[{"name": "Read"}], system="Be brief.")
    call = await hooks.async_pre_call_deployment_hook(a_call(data), MESSAGES)
    assert call is not None
    assert call["system"] == "PREFIX\n\nBe brief."
    assert call["temperature"] == 0.85
    assert "client" in call
    assert data["system"] == "Be brief."
    hop = context.hops[0]
    assert (hop.member, hop.deployment_id, hop.key_label) == ("cerebras/zai-glm-4.7", "cerebras/zai-glm-4.7#1", "KEY")  # fmt: skip


async def test_litellms_inner_call_of_the_same_attempt_is_left_alone(
    hooks: ProxyHooks, context: RequestContext
) -> None:
    data = await admitted(hooks)
    other = {**data, "model": "openrouter/x", "model_info": {"id": "o#1"}}
    outer = await hooks.async_pre_call_deployment_hook(other, MESSAGES)
    assert outer is not None
    assert "client" not in outer
    assert await hooks.async_pre_call_deployment_hook(outer, CallTypes.acompletion) is None
    assert len(context.hops) == 1


async def test_an_openai_client_is_served_where_openai_is_spoken(
    hooks: ProxyHooks, context: RequestContext
) -> None:
    data = await admitted(hooks)
    call = await hooks.async_pre_call_deployment_hook(
        a_call(data, "zai/glm-4.7"), CallTypes.acompletion
    )
    assert call is not None
    assert call["api_base"] == "https://p.invalid/api/paas/v4"
    assert call["messages"][0] == {"role": "system", "content": "PREFIX"}


async def test_what_failed_decides_who_is_next(hooks: ProxyHooks, context: RequestContext) -> None:
    data = await admitted(hooks)
    keys = [a_deployment(key=1), a_deployment(key=2)]
    assert await hooks.async_filter_deployments("main", keys, None, data) == keys[:1]
    await hooks.async_pre_call_deployment_hook(a_call(data), MESSAGES)
    error = RateLimitError("slow down", "cerebras", "zai-glm-4.7")
    await hooks.async_post_call_failure_deployment_hook(data, error, MESSAGES)
    assert context.hops[0].cause == "request_quota"
    assert await hooks.async_filter_deployments("main", keys, None, data) == keys[1:]


async def test_other_calls_and_strangers_are_left_alone(
    hooks: ProxyHooks, context: RequestContext
) -> None:
    assert await hooks.async_pre_call_deployment_hook({}, CallTypes.aembedding) is None
    assert await hooks.async_pre_call_deployment_hook({}, None) is None
    await hooks.async_post_call_failure_deployment_hook({}, ValueError(), MESSAGES)
    assert context.hops == []


def test_counting_uses_what_was_learned_of_the_model(tmp_path: Path) -> None:
    calibrations = Calibrations()
    settings = hook_settings(tmp_path, prompt_prefix="PREFIX " * 50, routes=RouteSettings())
    hooks = proxy_hooks(settings, tmp_path, calibrations)
    text = {"model": "opus", "messages": [{"role": "user", "content": "word " * 500}]}
    plain = hooks.count_tokens(text)
    assert hooks.count_tokens({**text, "system": "x"}) > plain + 50
    for _ in range(3):
        calibrations.observe("cerebras/zai-glm-4.7", 1000, Usage(input_tokens=1500))
    assert hooks.count_tokens(text) == pytest.approx(1.5 * plain, abs=1)


async def test_the_users_own_limits_end_a_request_before_anybody_is_asked(
    tmp_path: Path, context: RequestContext
) -> None:
    limits = LimitSettings(proxy=RateLimits(requests_per_minute=1), keys=KEYS)
    hooks = proxy_hooks(hook_settings(tmp_path, limits=limits), tmp_path)
    await admitted(hooks)
    with pytest.raises(RateLimitError):
        await admitted(hooks)
    assert context.refusal is not None
    assert (context.refusal.status, context.refusal.retry_after_s) == (429, 60)
