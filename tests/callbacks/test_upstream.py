"""Real exchanges over sockets: answers, broken ones, and nothing sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from callbacks.dialects.causes import Cause
from callbacks.exchange import SendFailed
from callbacks.upstream import HttpUpstream, post

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """What a provider was sent, and where it listens."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.url = ""


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncGenerator[Server]:
    server = Server()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        server.requests.append(head + await reader.readexactly(length))
        await behaviour(reader, writer)
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listener:
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1/x"
        yield server


async def test_an_answer_arrives_in_pieces() -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"3\r\nabc\r\n")
        await writer.drain()
        writer.write(b"2\r\nde\r\n0\r\n\r\n")

    async with serving(answer) as server, httpx.AsyncClient() as client:
        upstream = await post(client, server.url, {"authorization": "Bearer k"}, b"{}")
        assert upstream.status_code == 200
        assert upstream.headers["Content-Type"] == "text/event-stream"
        assert b"".join([data async for data in upstream.aiter_bytes()]) == b"abcde"
        await upstream.aclose()
    assert b"authorization: Bearer k" in server.requests[0]
    assert b"content-type: application/json" in server.requests[0]


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def test_a_connection_that_breaks_before_the_answer_is_not_tried_again() -> None:
    async with serving(reset) as server, httpx.AsyncClient() as client:
        with pytest.raises(SendFailed) as caught:
            await post(client, server.url, {}, b"{}")
    assert caught.value.cause is Cause.RESET
    assert len(server.requests) == 1


async def drained(upstream: HttpUpstream) -> None:
    async for _ in upstream.aiter_bytes():
        pass


@pytest.mark.parametrize("whole", [True, False])
async def test_a_connection_that_breaks_in_the_answer_is_told(whole: bool) -> None:
    async def half(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"3\r\nabc\r\n")
        await writer.drain()
        writer.transport.abort()

    async with serving(half) as server, httpx.AsyncClient() as client:
        upstream = await post(client, server.url, {}, b"{}")
        with pytest.raises(SendFailed) as caught:
            await (upstream.aread() if whole else drained(upstream))
        await upstream.aclose()
    assert caught.value.cause is Cause.RESET


async def test_nobody_listening_is_told() -> None:
    async with serving(reset) as server:
        url = server.url
    async with httpx.AsyncClient() as client:
        with pytest.raises(SendFailed) as caught:
            await post(client, url, {}, b"{}")
    assert caught.value.cause is Cause.UNREACHABLE
    assert "127.0.0.1" in caught.value.detail
