"""One request over a socket of its own, with as little work per write as possible, read as the client would read it.

Shares a small machine with what it tests: bytes are only collected while they arrive and looked at when all are there.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from scripts.conformance.reply import EventReader, Reply

FIRST_CONTENT = b"content_block_delta"
_READ_BYTES = 1 << 16


class Cut(Exception):  # noqa: N818  it is what the caller asked for
    """The client hung up in the middle, as it was told to."""


async def ask(
    url: str,
    token: str,
    body: Mapping[str, Any],
    *,
    session: str = "",
    limit_s: float = 120.0,
    hang_up_after_bytes: int | None = None,
) -> Reply:
    """Post a Messages request and read its answer to the end.

    Args:
        url: Address of the proxy, without `/v1`.
        token: Bearer token.
        body: The request.
        session: `x-claude-code-session-id`.
        limit_s: Longest time for the whole exchange, in seconds.
        hang_up_after_bytes: Close the connection when so much of the answer is there.

    Returns:
        The answer; what went wrong on the connection is in `broken`. `first_byte_ms` is the first content.

    Raises:
        Cut: The connection was closed as asked.
    """
    reply = Reply()
    started = time.perf_counter()
    try:
        async with asyncio.timeout(limit_s):
            await _exchange(url, _encoded(url, token, body, session), reply, hang_up_after_bytes)
    except TimeoutError:
        reply.broken = f"no end after {limit_s:.0f} s"
    except (OSError, asyncio.IncompleteReadError, ValueError) as err:
        reply.broken = f"{type(err).__name__}: the connection ended before the answer did"
    reply.duration_ms = (time.perf_counter() - started) * 1000
    if reply.streamed:
        reader = EventReader()
        reader.feed(reply.body, reply.duration_ms)
        reader.finish(reply.duration_ms)
        reply.events = reader.events
    return reply


def _encoded(url: str, token: str, body: Mapping[str, Any], session: str) -> bytes:
    content = json.dumps(body, ensure_ascii=False).encode()
    parts = urlsplit(url)
    head = (
        f"POST {parts.path.rstrip('/')}/v1/messages?beta=true HTTP/1.1\r\nhost: {parts.netloc}\r\n"
        f"authorization: Bearer {token}\r\nanthropic-version: 2023-06-01\r\nconnection: close\r\n"
        f"x-claude-code-session-id: {session}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def _exchange(
    url: str, request: bytes, reply: Reply, hang_up_after_bytes: int | None
) -> None:
    parts = urlsplit(url)
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or 80, limit=_READ_BYTES
    )
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        reply.status, reply.headers = _head(head)
        reply.streamed = "text/event-stream" in reply.headers.get("content-type", "")
        received = bytearray()
        while data := await reader.read(_READ_BYTES):
            seen = max(0, len(received) - len(FIRST_CONTENT))
            received += data
            if reply.first_byte_ms is None and received.find(FIRST_CONTENT, seen) >= 0:
                reply.first_byte_ms = (time.perf_counter() - started) * 1000
            if hang_up_after_bytes is not None and len(received) >= hang_up_after_bytes:
                raise Cut
        reply.body = _body(bytes(received), reply.headers)
    finally:
        writer.close()


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines if line)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in fields}


def _body(received: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the body without the marks of its chunks.

    Raises:
        IncompleteReadError: Its end is missing.
    """
    if headers.get("transfer-encoding") != "chunked":
        length = int(headers.get("content-length", len(received)))
        if len(received) < length:
            raise asyncio.IncompleteReadError(received, length)
        return received
    pieces: list[bytes] = []
    position = 0
    while True:
        line_end = received.find(b"\r\n", position)
        if line_end < 0:
            raise asyncio.IncompleteReadError(b"".join(pieces), None)
        size = int(received[position:line_end], 16)
        if size == 0:
            return b"".join(pieces)
        position = line_end + 2 + size + 2
        pieces.append(received[line_end + 2 : position - 2])
