"""The HTTP side: sends what Claude Code sends, keeps everything that comes back, raises nothing."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Self

import httpx

from scripts.conformance.reply import EventReader, Json, Reply

MESSAGES = "/v1/messages?beta=true"
RESUME = "/ccglm/resume"
# What the client sends with every model call (2.1.329, measured 2026-11-20).
CLIENT_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate, br",
    "anthropic-version": "2023-06-01",
    "anthropic-dangerous-direct-browser-access": "true",
    "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14,effort-2025-11-24,"
    "context-management-2025-06-27,mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13",
    "content-type": "application/json",
    "user-agent": "claude-cli/2.1.329 (external, sdk-cli)",
    "x-app": "cli",
    "x-claude-code-session-id": "5f0e9a0a-6f5c-4a9e-9b1e-0c8d3f2a7b61",
    "x-stainless-lang": "js",
    "x-stainless-package-version": "0.74.0",
    "x-stainless-retry-count": "0",
    "x-stainless-timeout": "600",
}


class Gateway:
    """The gateway under test; an async context manager that owns one connection pool.

    Args:
        url: Its address without `/v1`.
        token: What it wants as bearer token.
        timeout_s: Longest silence on a connection, in seconds.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._http = httpx.AsyncClient(
            base_url=self.url,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=256),
            trust_env=False,  # the gateway is on this machine; a system proxy must not be asked
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._http.aclose()

    async def send(
        self,
        body: Json | bytes | None,
        *,
        path: str = MESSAGES,
        method: str = "POST",
        headers: Mapping[str, str | None] | None = None,
    ) -> Reply:
        """Send one request and read its answer to the end.

        Args:
            body: A JSON body, raw bytes, or None for no body.
            path: Path with query.
            method: HTTP method.
            headers: Further headers; None as a value leaves one of the client's own out.

        Returns:
            The answer; a connection that failed is a Reply with `broken` set.
        """
        reply = Reply()
        started = time.perf_counter()
        reader = EventReader()
        parts: list[bytes] = []
        try:
            async with self.open(body, path=path, method=method, headers=headers) as response:
                reply.status, reply.headers = response.status_code, response.headers
                reply.streamed = "text/event-stream" in response.headers.get("content-type", "")
                async for chunk in response.aiter_bytes():
                    at_ms = (time.perf_counter() - started) * 1000
                    reply.first_byte_ms = reply.first_byte_ms or at_ms
                    parts.append(chunk)
                    if reply.streamed:
                        reader.feed(chunk, at_ms)
        except httpx.HTTPError as err:
            reply.broken = type(err).__name__
        reply.duration_ms = (time.perf_counter() - started) * 1000
        reader.finish(reply.duration_ms)
        reply.body, reply.events = b"".join(parts), reader.events
        return reply

    async def forget_faults(self) -> None:
        """Tell the gateway that what ailed its providers is over, where it has an ear for that; ccglm has."""
        await self.send(None, path=RESUME)

    @asynccontextmanager
    async def open(
        self,
        body: Json | bytes | None,
        *,
        path: str = MESSAGES,
        method: str = "POST",
        headers: Mapping[str, str | None] | None = None,
    ) -> AsyncGenerator[httpx.Response]:
        """Send one request and hand out the response before its body is read.

        Raises:
            httpx.HTTPError: The connection failed.
        """
        sent: dict[str, str | None] = {
            **CLIENT_HEADERS,
            "authorization": f"Bearer {self.token}",
            **(headers or {}),
        }
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = self._http.build_request(
            method, path, content=content, headers={k: v for k, v in sent.items() if v is not None}
        )
        response = await self._http.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()
