"""Posting to a provider: one exchange over a shared connection pool, its failures as causes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx

from callbacks.dialects.causes import Cause
from callbacks.exchange import SendFailed

CONNECT_TIMEOUT_S = 10.0

# Silence is judged by the attempt and by the stream's pacing, which know what they wait for.
_TIMEOUT = httpx.Timeout(None, connect=CONNECT_TIMEOUT_S, pool=CONNECT_TIMEOUT_S)


class HttpUpstream:
    """An answer that arrives over HTTP (an `Upstream`)."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def status_code(self) -> int:
        """Return the HTTP status."""
        return self._response.status_code

    @property
    def headers(self) -> httpx.Headers:
        """Return the headers."""
        return self._response.headers

    async def aread(self) -> bytes:
        """Return the whole body.

        Raises:
            SendFailed: The connection broke first.
        """
        try:
            return await self._response.aread()
        except httpx.HTTPError as error:
            raise SendFailed(Cause.RESET, "it broke off in the middle of the answer") from error

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises:
            SendFailed: The connection broke.
        """
        try:
            async for data in self._response.aiter_bytes():
                yield data
        except httpx.HTTPError as error:
            raise SendFailed(Cause.RESET, "it broke off in the middle of the answer") from error

    async def aclose(self) -> None:
        """End the exchange."""
        await self._response.aclose()


async def post(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes
) -> HttpUpstream:
    """Post JSON and return the answer with its body unread; nothing is sent twice.

    Raises:
        SendFailed: No connection, or none that lasted until the headers of the answer.
    """
    request = client.build_request(
        "POST",
        url,
        headers={"content-type": "application/json", **headers},
        content=body,
        timeout=_TIMEOUT,
    )
    try:
        return HttpUpstream(await client.send(request, stream=True))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        host = request.url.host
        raise SendFailed(Cause.UNREACHABLE, f"no connection to {host}") from error
    except httpx.TimeoutException as error:
        raise SendFailed(Cause.TIMEOUT, "it was silent for too long") from error
    except httpx.HTTPError as error:
        raise SendFailed(Cause.RESET, "it ended before the answer began") from error
