"""The load generator: many streams over raw HTTP/1.1, with as little work per write as possible.

It shares a small machine with what it measures, so it parses nothing but what it needs: when the first content
arrived, how many bytes came, and whether the answer ended as it should.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from typing_extensions import override

END_OF_CHUNKS = b"0\r\n\r\n"


@dataclass(frozen=True)
class Shape:
    """How one kind of endpoint is asked and recognised.

    Attributes:
        path: Path of the request.
        first: Bytes that appear with the first piece of content, never split between HTTP chunks.
        last: Bytes that appear only in a complete answer, not split either.
    """

    path: str
    first: bytes
    last: bytes


MESSAGES_STREAM = Shape("/v1/messages", b"_delta", b"message_stop")
MESSAGES_WHOLE = Shape("/v1/messages", b"stop_reason", b"stop_reason")
CHAT_STREAM = Shape("/v1/chat/completions", b'"delta":{"content"', b"[DONE]")
CHAT_WHOLE = Shape("/v1/chat/completions", b"finish_reason", b"finish_reason")


@dataclass
class Timing:
    """One request: milliseconds to the first content and to the end, bytes, and what went wrong."""

    first_ms: float | None = None
    total_ms: float = 0.0
    received_bytes: int = 0
    error: str | None = None


class _Exchange(asyncio.Protocol):
    """One request and its answer on a connection of its own."""

    def __init__(self, request: bytes, shape: Shape) -> None:
        self._request = request
        self._shape = shape
        self._tail = b""
        self._seen_last = False
        self._status_checked = False
        self._content_left: int | None = None
        self._transport: asyncio.Transport | None = None
        self.started = 0.0
        self.timing = Timing()
        self.done: asyncio.Future[Timing] = asyncio.get_running_loop().create_future()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.started = time.perf_counter()
        transport.write(self._request)

    @override
    def data_received(self, data: bytes) -> None:
        timing = self.timing
        timing.received_bytes += len(data)
        if not self._status_checked:
            self._check_head(data)
        # A mark may be cut by the network: look at the seam with what came before.
        window = self._tail + data
        if timing.first_ms is None and self._shape.first in window:
            timing.first_ms = (time.perf_counter() - self.started) * 1000
        if not self._seen_last and self._shape.last in window:
            self._seen_last = True
        self._tail = window[-64:]
        if self._content_left is not None:
            self._content_left -= len(data)
            ended = self._content_left <= 0
        else:
            ended = window.endswith(END_OF_CHUNKS)
        if ended:
            self._finish()

    def _check_head(self, data: bytes) -> None:
        self._status_checked = True
        head, _, _ = data.partition(b"\r\n\r\n")
        if b" 200 " not in head[:16]:
            self.timing.error = head.split(b"\r\n", 1)[0].decode(errors="replace")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                self._content_left = int(line.split(b":")[1]) + len(head) + 4

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.timing.error = self.timing.error or f"connection lost: {exc}"
            self._finish()

    def _finish(self) -> None:
        if self.done.done():
            return
        self.timing.total_ms = (time.perf_counter() - self.started) * 1000
        if self.timing.error is None and not self._seen_last:
            self.timing.error = "the answer did not end as it should"
        self.done.set_result(self.timing)
        if self._transport is not None:
            self._transport.close()


def encode_request(url: str, shape: Shape, token: str, body: Mapping[str, Any]) -> bytes:
    """Return the whole HTTP/1.1 request as bytes; the connection closes after the answer."""
    parts = urlsplit(url)
    content = json.dumps(body).encode()
    head = (
        f"POST {parts.path.rstrip('/')}{shape.path} HTTP/1.1\r\nhost: {parts.netloc}\r\n"
        f"authorization: Bearer {token}\r\nx-api-key: {token}\r\nanthropic-version: 2023-06-01\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def exchange(url: str, request: bytes, shape: Shape, *, timeout_s: float = 300.0) -> Timing:
    """Send one request and wait for its end; what goes wrong is in the timing, not raised."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_connection(
            lambda: _Exchange(request, shape), parts.hostname or "", parts.port or 80
        )
    except OSError as err:
        return Timing(error=f"no connection: {err.strerror}")
    try:
        return await asyncio.wait_for(protocol.done, timeout_s)
    except TimeoutError:
        protocol.timing.error = f"no end after {timeout_s:.0f} s"
        return protocol.timing
    finally:
        transport.close()


async def run_streams(url: str, requests: list[bytes], shape: Shape) -> tuple[list[Timing], float]:
    """Send all requests at once.

    Returns:
        Their timings in order, and the wall time from the first byte sent to the last end, seconds.
    """
    started = time.perf_counter()
    timings = await asyncio.gather(*(exchange(url, request, shape) for request in requests))
    return list(timings), time.perf_counter() - started
