"""LiteLLM's call for a streamed answer, without the layers that only write its log.

Between the Router and our attempt LiteLLM has `litellm.anthropic_messages`: a wrapper for caching, retries and logging,
a hop into a thread and back, parameters turned into models and back, then the collection of the whole stream, its
rebuilding as an OpenAI answer, its price and a dozen loggers. While `callbacks.litellm_lean` says that nobody listens,
a stream of ours is asked for without them. An attempt that fails is told to LiteLLM on its whole way, so its loggers,
its exceptions and the Router's fallbacks are the same; so is everything that is not a plain stream of ours.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

import httpx
from litellm.llms.anthropic.pass_through.messages.interceptors import get_messages_interceptors
from litellm.llms.anthropic.pass_through.messages.streaming_iterator import (
    anthropic_messages_stream_hidden_params,
)
from litellm.llms.anthropic.pass_through.messages.utils import (
    anthropic_messages_optional_param_keys,
    normalize_native_messages,
)
from litellm.messages import dispatch
from litellm.utils import async_pre_call_deployment_hook

from callbacks.attempt import Answer, Attempt, AttemptFailed
from callbacks.litellm_lean import is_lean
from callbacks.litellm_seam import current_attempt, enter, provider_client, repeating
from callbacks.translate.json_values import as_object
from callbacks.upstream import HttpUpstream, post

CALL_TYPE = "anthropic_messages"

# Each makes LiteLLM answer, or change the request, by itself.
_OTHERS_JOB = frozenset(
    (
        "mock_response", "compaction", "cache_control_injection_points", "additional_drop_params",
        "_websearch_interception_converted_stream", "complete_response",
    )
)  # fmt: skip

Call = Callable[..., Awaitable[Any]]


class PlainStream:
    """The events of a stream, with what the Router and the proxy read off LiteLLM's own streams."""

    def __init__(self, answer: Answer, hidden_params: dict[str, Any]) -> None:
        assert answer.events is not None, "only streams are asked for on the short way"
        self._answer = answer
        self._events: AsyncGenerator[bytes, None] = answer.events
        self._hidden_params = hidden_params

    @property
    def hidden_params(self) -> dict[str, Any]:
        """Return what LiteLLM makes response headers of."""
        return self._hidden_params

    @hidden_params.setter
    def hidden_params(self, hidden_params: dict[str, Any]) -> None:
        self._hidden_params = hidden_params

    def __aiter__(self) -> PlainStream:
        """Return the stream itself."""
        return self

    def __anext__(self) -> Awaitable[bytes]:
        """Return the next events."""
        return self._events.__anext__()

    async def aclose(self) -> None:
        """End the exchange."""
        await self._answer.aclose()


def shortened(whole_way: Call) -> Call:
    """Return LiteLLM's call with the short way in front of it.

    Args:
        whole_way: LiteLLM's own function.
    """

    async def anthropic_messages(*args: Any, **kwargs: Any) -> Any:
        if args or not is_lean() or not _is_plain(kwargs):
            return await whole_way(*args, **kwargs)
        enter(None)
        request = cast("dict[str, Any]", await async_pre_call_deployment_hook(kwargs, CALL_TYPE))
        attempt = current_attempt()
        if attempt is None:  # LiteLLM's own adapter serves it
            return await whole_way(**request)
        try:
            answer = await _ask(attempt, request)
        except AttemptFailed:
            with repeating(attempt):
                return await whole_way(**request)
        return PlainStream(answer, _hidden_params(answer, request))

    anthropic_messages.is_shortened = True  # pyright: ignore[reportFunctionMemberAccess]
    return anthropic_messages


def install() -> None:
    """Put the short way in front of LiteLLM's call; doing it twice is the same as once."""
    call = cast("Call", getattr(dispatch, "_PYTHON_AMESSAGES"))  # noqa: B009  private, so no attribute access
    if not getattr(call, "is_shortened", False):
        setattr(dispatch, "_PYTHON_AMESSAGES", shortened(call))  # noqa: B010


def _is_plain(kwargs: Mapping[str, Any]) -> bool:
    if kwargs.get("stream") is not True or not _OTHERS_JOB.isdisjoint(kwargs):
        return False
    tools = cast("Sequence[Any] | None", kwargs.get("tools"))
    if not tools:
        return True
    if any(str(as_object(tool).get("type", "")).startswith("mcp") for tool in tools):
        return False
    provider = kwargs.get("custom_llm_provider")
    interceptors = cast("Sequence[Any]", get_messages_interceptors())
    return not any(interceptor.can_handle(tools, provider) for interceptor in interceptors)


async def _ask(attempt: Attempt, request: Mapping[str, Any]) -> Answer:
    """Run the attempt with the same body that LiteLLM would hand to `DialectConfig`."""
    known = anthropic_messages_optional_param_keys()
    options = {k: v for k, v in request.items() if k in known and v is not None}
    messages = normalize_native_messages(request["messages"])
    model = str(request["model"]).partition("/")[2]
    attempt.prepare({"model": model, "messages": messages, **options})
    client = provider_client(attempt.target.facts.provider)

    async def send(url: str, headers: Mapping[str, str], body: bytes) -> HttpUpstream:
        return await post(client, url, headers, body)

    return await attempt.run(send, stream=True)


def _hidden_params(answer: Answer, request: Mapping[str, Any]) -> dict[str, Any]:
    headers = httpx.Headers(list(answer.headers.items()))
    return {
        **anthropic_messages_stream_hidden_params(headers),
        "litellm_call_id": request.get("litellm_call_id"),
        "api_base": request.get("api_base"),
        "model_id": as_object(request.get("model_info")).get("id"),
        "litellm_model_name": request.get("model"),
    }
