"""The only module that touches LiteLLM's internals: it puts our attempts where LiteLLM makes the upstream call.

LiteLLM asks `ProviderConfigManager.get_provider_anthropic_messages_config` how a provider speaks Messages. While
an attempt of ours is current, the answer is `DialectConfig`, a subclass of LiteLLM's own extension class: LiteLLM
then treats the provider as a native Messages provider, and its Router, cooldowns, authentication and logging run as
ever. The HTTP exchange itself is ours, handed in as the `client` argument of the call, because LiteLLM's client
silently repeats a request whose connection broke and cannot wait for the first event of a stream.

Both names stayed in place from LiteLLM 1.106 to 1.109, while the modules around them moved;
`tests/callbacks/test_litellm_seam.py` says in one line what a release has moved.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpx
from litellm import AnthropicMessagesConfig  # pyright: ignore[reportPrivateImportUsage]
from litellm.llms.custom_httpx.http_handler import (
    AsyncHTTPHandler,
    get_async_httpx_client,  # pyright: ignore[reportUnknownVariableType]
)
from litellm.types.utils import LlmProviders
from litellm.utils import ProviderConfigManager
from typing_extensions import override

from callbacks.attempt import Answer, Attempt, AttemptFailed
from callbacks.dialects.causes import Cause, Fault
from callbacks.litellm_errors import litellm_error
from callbacks.upstream import HttpUpstream, post

if TYPE_CHECKING:
    from litellm.types.router import GenericLiteLLMParams

_attempt: ContextVar[Attempt | None] = ContextVar("ccglm_attempt", default=None)
_repeating: ContextVar[bool] = ContextVar("ccglm_repeating", default=False)


class DialectReply:
    """What LiteLLM takes for the provider's HTTP response: an answer that is already Anthropic's."""

    status_code = 200
    text = ""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.headers = httpx.Headers(list(answer.headers.items()))

    def raise_for_status(self) -> DialectReply:
        """Return the reply itself; a refusal was an exception before."""
        return self

    def aiter_bytes(self) -> AsyncGenerator[bytes, None]:
        """Yield the events."""
        assert self.answer.events is not None, "only a stream is iterated"
        return self.answer.events


class DialectClient(AsyncHTTPHandler):
    """The HTTP client LiteLLM is told to use: it runs the current attempt. Shared by all, holds nothing."""

    def __init__(self) -> None:  # pyright: ignore[reportMissingSuperCall]
        """Make no connection pool: each provider has its own, shared one."""

    @override
    async def post(self, *args: Any, stream: bool = False, **kwargs: Any) -> Any:
        """Run the current attempt; address and body LiteLLM passes are not used.

        Raises:
            AttemptFailed: No answer has begun; LiteLLM asks `DialectConfig.get_error_class` what to raise.
        """
        attempt = _attempt.get()
        assert attempt is not None, "the client is only handed out together with an attempt"
        provider = attempt.target.facts.provider

        async def send(url: str, headers: Mapping[str, str], body: bytes) -> HttpUpstream:
            return await post(provider_client(provider), url, headers, body)

        return DialectReply(await attempt.run(send, stream=stream))

    @override
    async def close(self) -> None:
        """Close nothing: the pools outlive the request."""

    @override
    def __del__(self) -> None:
        """Close nothing."""


class EventStream:
    """A stream of events whose end, however it comes, ends the exchange with the provider."""

    def __init__(self, logged: Any, answer: Answer) -> None:
        self._logged = logged
        self._answer = answer

    def __aiter__(self) -> EventStream:
        """Return the stream itself."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next events."""
        return await self._logged.__anext__()

    async def aclose(self) -> None:
        """End LiteLLM's part, then the exchange."""
        await self._logged.aclose()
        await self._answer.aclose()


class DialectConfig(AnthropicMessagesConfig):
    """LiteLLM's extension class for Messages providers, run by the current attempt."""

    @override
    def should_filter_anthropic_beta_headers(self) -> bool:
        return False

    @property
    @override
    def max_retry_on_anthropic_messages_http_error(self) -> int:
        return 1

    @override
    def should_retry_anthropic_messages_on_http_error(self, *args: Any, **kwargs: Any) -> bool:
        return False

    @override
    def validate_anthropic_messages_environment(
        self, *args: Any, api_base: str | None = None, **kwargs: Any
    ) -> tuple[dict[str, str], str | None]:
        return {}, api_base

    @override
    async def avalidate_anthropic_messages_environment(
        self, *args: Any, api_base: str | None = None, **kwargs: Any
    ) -> tuple[dict[str, str], str | None]:
        return {}, api_base

    @override
    def get_complete_url(self, api_base: str | None, *args: Any, **kwargs: Any) -> str:
        return api_base or ""

    @override
    def transform_anthropic_messages_request(
        self,
        model: str,
        messages: list[dict[str, Any]],
        anthropic_messages_optional_request_params: dict[str, Any],
        litellm_params: GenericLiteLLMParams,
        headers: dict[str, Any],
    ) -> dict[str, Any]:
        """Give the attempt the client's body as the hooks and LiteLLM left it.

        LiteLLM is returned no more than it logs: the translated body would be serialised twice more for nothing.
        """
        attempt = _attempt.get()
        assert attempt is not None, "this class is only handed out together with an attempt"
        options = anthropic_messages_optional_request_params
        if _repeating.get() and attempt.fault is not None:
            raise litellm_error(attempt.fault)
        try:
            attempt.prepare({"model": model, "messages": messages, **options})
        except AttemptFailed as failed:
            raise litellm_error(failed.fault) from None
        return {"model": model, "max_tokens": options.get("max_tokens")}

    @override
    def transform_anthropic_messages_response(
        self, model: str, raw_response: Any, logging_obj: Any
    ) -> Any:
        return raw_response.answer.message

    @override
    def get_async_streaming_response_iterator(
        self,
        model: str,
        httpx_response: Any,
        request_body: dict[str, Any],
        litellm_logging_obj: Any,
    ) -> AsyncIterator[bytes]:
        """Return the events, on their way through LiteLLM's own logging of native streams."""
        parent: Any = super()
        logged = parent.get_async_streaming_response_iterator(
            model=model,
            httpx_response=httpx_response,
            request_body=request_body,
            litellm_logging_obj=litellm_logging_obj,
        )
        return EventStream(logged, httpx_response.answer)

    @override
    def get_error_class(self, error_message: str, status_code: int, headers: Any) -> Any:
        attempt = _attempt.get()
        assert attempt is not None, "this class is only handed out together with an attempt"
        facts = attempt.target.facts
        fault = attempt.fault or Fault(
            Cause.STREAM_FAULT, facts.provider, facts.model, attempt.target.key_label, "it was unreadable"
        )  # fmt: skip
        return litellm_error(fault)


_config = DialectConfig()
_client = DialectClient()


def enter(attempt: Attempt | None) -> dict[str, Any]:
    """Make an attempt the current one, or none, and return the arguments LiteLLM's call needs for it."""
    _attempt.set(attempt)
    return {} if attempt is None else {"client": _client}


def current_attempt() -> Attempt | None:
    """Return the attempt that is current."""
    return _attempt.get()


@contextmanager
def repeating(attempt: Attempt) -> Generator[None]:
    """Let LiteLLM's call meet the failure of an attempt that is over; nobody is asked again."""
    _attempt.set(attempt)
    token = _repeating.set(True)
    try:
        yield
    finally:
        _repeating.reset(token)


def is_repeating() -> bool:
    """Tell whether LiteLLM's call is only to meet a failure."""
    return _repeating.get()


def provider_client(provider: str) -> httpx.AsyncClient:
    """Return LiteLLM's connection pool for a provider, with its proxy and certificate settings."""
    return get_async_httpx_client(llm_provider=f"ccglm-{provider}").client


def install() -> None:
    """Let LiteLLM ask our dialects first; doing it twice is the same as once."""
    ask_litellm = ProviderConfigManager.get_provider_anthropic_messages_config
    if getattr(ask_litellm, "asks_ccglm", False):
        return

    def ask(model: str, provider: LlmProviders) -> Any:
        if _attempt.get() is not None:
            return _config
        return ask_litellm(model=model, provider=provider)

    ask.asks_ccglm = True  # pyright: ignore[reportFunctionMemberAccess]
    ProviderConfigManager.get_provider_anthropic_messages_config = staticmethod(ask)
