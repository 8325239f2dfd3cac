"""One HTTP exchange with a provider as an attempt sees it, whatever carries it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, Protocol

from callbacks.dialects.causes import Cause
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import as_object, read_json

MAX_ERROR_BYTES = 64 * 1024
"""More of an error body nobody would read."""


class Upstream(Protocol):
    """An answer as it comes from the network."""

    @property
    def status_code(self) -> int:
        """Return the HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers; names compare without case."""
        ...

    async def aread(self) -> bytes:
        """Return the whole body; raises `SendFailed` when the connection breaks."""
        ...

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives; raises `SendFailed` when the connection breaks."""
        ...

    async def aclose(self) -> None:
        """End the exchange; an unread body is abandoned."""
        ...


Send = Callable[[str, Mapping[str, str], bytes], Awaitable[Upstream]]
"""Posts bytes to an address with headers and returns the answer with its body unread; raises `SendFailed`."""


class SendFailed(Exception):  # noqa: N818  it is not an error of ours
    """The connection was not made, or broke before the answer could be read."""

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


async def until_closed(upstream: Upstream) -> AsyncGenerator[bytes, None]:
    """Yield the body as it arrives and end the exchange whatever happens."""
    async with aclosing(upstream):
        async for data in upstream.aiter_bytes():
            yield data


async def read_beginning(upstream: Upstream) -> bytes:
    """Return the beginning of an error body; no more than anybody would read."""
    pieces: list[bytes] = []
    size = 0
    with suppress(SendFailed):
        async for data in upstream.aiter_bytes():
            pieces.append(data)
            size += len(data)
            if size > MAX_ERROR_BYTES:
                break
    return b"".join(pieces)


def read_answer(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a whole answer.

    Raises:
        ReplyFault: It is none.
    """
    try:
        answer = read_json(body)
    except ValueError as error:
        raise ReplyFault("garbled", "the provider's answer was not JSON", retry=True) from error
    if not as_object(answer):
        raise ReplyFault("garbled", "the provider's answer was not a JSON object", retry=True)
    return as_object(answer)
