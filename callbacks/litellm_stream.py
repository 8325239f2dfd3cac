"""LiteLLM's relay of an Anthropic stream to the client, without the layers that only write its log.

LiteLLM passes each chunk through a generator for every logger that might change it, keeps all of them, and parses them
again at the end for the text that was served, which only its loggers read. While `callbacks.litellm_lean` says that
nobody listens, a chunk goes from the Router to the response as it is. The model's name in it is the one the client
asked for already, where one of our dialects serves. A stream that raises is given to LiteLLM's own generator, which words the error.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, cast

import anyio
from litellm.proxy.common_request_processing import ProxyBaseLLMRequestProcessing

from callbacks.dialects.choice import dialect_for
from callbacks.litellm_lean import is_lean
from callbacks.request_context import current_request

Generator = Callable[..., AsyncGenerator[Any, None]]


def shortened(whole_way: Generator) -> Generator:
    """Return LiteLLM's generator with the short way in front of it.

    Args:
        whole_way: LiteLLM's own.
    """

    def async_sse_data_generator(response: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        if not is_lean() or not _is_ours():
            return whole_way(response=response, **kwargs)
        return _relayed(response, whole_way, kwargs)

    async_sse_data_generator.is_shortened = True  # pyright: ignore[reportFunctionMemberAccess]
    return async_sse_data_generator


def _is_ours() -> bool:
    """Tell whether a dialect serves: LiteLLM's adapters name their own model, which LiteLLM's generator puts right."""
    context = current_request()
    hop = context.hops[-1] if context is not None and context.hops else None
    return hop is not None and dialect_for(hop.provider, "") is not None


def install() -> None:
    """Put the short way in front of LiteLLM's generator; doing it twice is the same as once."""
    generator = cast("Generator", ProxyBaseLLMRequestProcessing.async_sse_data_generator)
    if not getattr(generator, "is_shortened", False):
        ProxyBaseLLMRequestProcessing.async_sse_data_generator = staticmethod(shortened(generator))


async def _relayed(
    response: Any, whole_way: Generator, kwargs: dict[str, Any]
) -> AsyncGenerator[Any, None]:
    try:
        async for chunk in response:
            yield chunk
    except Exception as error:  # noqa: BLE001  LiteLLM words it
        async for chunk in whole_way(response=_raising(error), **kwargs):
            yield chunk
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()


async def _raising(error: Exception) -> AsyncIterator[bytes]:
    raise error
    yield b""  # what makes this an iterator
