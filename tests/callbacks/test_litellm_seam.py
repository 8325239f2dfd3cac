"""The contract with LiteLLM: these names, and these calls in this order. Fails when a release moves them."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator
from typing import Any

import litellm
import pytest
from litellm.exceptions import BadRequestError, RateLimitError
from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler
from litellm.types.utils import LlmProviders
from litellm.utils import ProviderConfigManager
from typing_extensions import override

from callbacks.attempt import Answer, Attempt, Timing
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.cerebras import Cerebras
from callbacks.litellm_errors import litellm_error
from callbacks.litellm_seam import (
    DialectClient,
    DialectConfig,
    DialectReply,
    EventStream,
    enter,
    install,
)
from callbacks.request_context import RequestContext
from tests.helpers.dialects import CEREBRAS_FACTS, a_target, facts

MOVED = "LiteLLM has moved the seam: "
TARGET = a_target(facts(CEREBRAS_FACTS))


def an_attempt() -> Attempt:
    context = RequestContext(requested_model="main")
    hop = context.begin_hop(TARGET.member, TARGET.deployment_id, TARGET.key_label)
    return Attempt(Cerebras(), TARGET, context, hop, Timing(), lambda *_: None)


@pytest.fixture(autouse=True)
def no_attempt_left() -> Any:
    yield
    enter(None)


def test_litellm_asks_where_we_listen() -> None:
    ask = ProviderConfigManager.get_provider_anthropic_messages_config
    assert list(inspect.signature(ask).parameters) == ["model", "provider"], MOVED + "its arguments"
    assert issubclass(litellm.AnthropicMessagesConfig, object), MOVED + "the extension class"


@pytest.mark.parametrize(
    "name",
    [
        "avalidate_anthropic_messages_environment",
        "validate_anthropic_messages_environment",
        "get_complete_url",
        "transform_anthropic_messages_request",
        "transform_anthropic_messages_response",
        "get_async_streaming_response_iterator",
        "get_error_class",
        "should_filter_anthropic_beta_headers",
        "should_retry_anthropic_messages_on_http_error",
        "max_retry_on_anthropic_messages_http_error",
    ],
)
def test_the_extension_class_has_what_we_override(name: str) -> None:
    assert hasattr(litellm.AnthropicMessagesConfig, name), MOVED + name


def test_the_call_takes_a_client() -> None:
    parameters = inspect.signature(litellm.anthropic_messages).parameters
    assert "client" in parameters, MOVED + "litellm.anthropic_messages has no `client`"


def test_a_provider_without_an_attempt_keeps_litellms_answer() -> None:
    install()
    install()
    ask = ProviderConfigManager.get_provider_anthropic_messages_config
    assert ask(model="zai-glm-4.7", provider=LlmProviders.CEREBRAS) is None
    anthropic = ask(model="claude-sonnet-4-5", provider=LlmProviders.ANTHROPIC)
    assert isinstance(anthropic, litellm.AnthropicMessagesConfig)
    assert not isinstance(anthropic, DialectConfig)


def test_while_an_attempt_is_current_we_answer() -> None:
    install()
    arguments = enter(an_attempt())
    ask = ProviderConfigManager.get_provider_anthropic_messages_config
    for provider in (LlmProviders.CEREBRAS, LlmProviders.ZAI):
        assert isinstance(ask(model="x", provider=provider), DialectConfig)
    assert isinstance(arguments["client"], AsyncHTTPHandler)
    assert enter(None) == {}
    assert ask(model="x", provider=LlmProviders.ZAI) is None


def test_the_config_gives_litellm_no_more_than_it_logs() -> None:
    attempt = an_attempt()
    enter(attempt)
    config: Any = DialectConfig()
    messages = [{"role": "user", "content": "secret"}]
    shown = config.transform_anthropic_messages_request(
        "zai-glm-4.7", messages, {"max_tokens": 9}, None, {}
    )
    assert shown == {"model": "zai-glm-4.7", "max_tokens": 9}
    assert config.validate_anthropic_messages_environment(api_base="b") == ({}, "b")
    assert config.get_complete_url("b") == "b"
    assert config.should_filter_anthropic_beta_headers() is False
    assert config.max_retry_on_anthropic_messages_http_error == 1
    assert config.should_retry_anthropic_messages_on_http_error() is False


def test_a_request_that_cannot_be_translated_is_an_exception_the_router_knows() -> None:
    enter(an_attempt())
    config: Any = DialectConfig()
    with pytest.raises(BadRequestError, match="could not be translated"):
        config.transform_anthropic_messages_request("m", BadMessages(), {}, None, {})


class BadMessages(list[Any]):
    """A list that fails when it is looked at."""

    @override
    def __iter__(self) -> Any:
        raise RuntimeError("a bug of ours")


def test_the_error_is_the_attempts_own() -> None:
    attempt = an_attempt()
    enter(attempt)
    config = DialectConfig()
    attempt.fault = Fault(Cause.REQUEST_QUOTA, "cerebras", "m", "KEY", "no more")
    assert isinstance(config.get_error_class("ignored", 500, {}), RateLimitError)
    attempt.fault = None
    unknown = config.get_error_class("ignored", 500, {})
    assert type(unknown) is type(litellm_error(Fault(Cause.STREAM_FAULT, "c", "m", "K", "d")))


def test_the_reply_is_what_litellm_expects_of_a_response() -> None:
    reply = DialectReply(Answer({"X-A": "1"}, message={"type": "message"}))
    assert reply.raise_for_status() is reply
    assert (reply.status_code, reply.headers["x-a"]) == (200, "1")
    response = DialectConfig().transform_anthropic_messages_response("m", reply, None)
    assert response == {"type": "message"}


async def test_closing_the_stream_closes_both_ends() -> None:
    closed: list[str] = []

    async def events(name: str) -> AsyncGenerator[bytes, None]:
        try:
            yield b"x"
            yield b"y"
        finally:
            closed.append(name)

    logged, inner = events("logged"), events("inner")
    await anext(inner)
    stream = EventStream(logged, Answer({}, events=inner))
    assert aiter(stream) is stream
    assert await anext(stream) == b"x"
    await stream.aclose()
    assert closed == ["logged", "inner"]


async def test_the_shared_client_is_never_closed() -> None:
    client = DialectClient()
    await client.close()
    del client
