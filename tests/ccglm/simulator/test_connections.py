"""The protocol class that reports connections, under a real uvicorn."""

import asyncio
import socket
from typing import Any

import pytest
import uvicorn

from ccglm.simulator.connections import Connection, Connections


class Probe:
    """An application that hands out the connection of its request."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.found: asyncio.Queue[Connection | None] = asyncio.Queue()
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.found.put(self.connections.of(scope))
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def serve(probe: Probe, connections: Connections) -> tuple[uvicorn.Server, Any, int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        probe, http=connections.protocol(), lifespan="off", log_config=None, log_level="critical"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it no other way
        await asyncio.sleep(0.001)
    return server, task, listener.getsockname()[1]


async def open_request(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    await writer.drain()
    return reader, writer


async def test_a_client_that_goes_away_is_seen_to_go() -> None:
    connections = Connections()
    probe = Probe(connections)
    server, task, port = await serve(probe, connections)
    _, writer = await open_request(port)
    connection = await probe.found.get()
    assert connection is not None
    assert not connection.is_gone
    assert not await connection.wait_gone(0.01)
    writer.close()
    assert await connection.wait_gone(5)
    assert connection.is_gone
    assert connections.of({"client": ("127.0.0.1", 1)}) is None
    probe.go_on.set()
    server.should_exit = True
    await task


async def test_a_reset_reaches_the_client_as_a_reset() -> None:
    connections = Connections()
    probe = Probe(connections)
    server, task, port = await serve(probe, connections)
    reader, writer = await open_request(port)
    connection = await probe.found.get()
    assert connection is not None
    connection.keep_reading()
    connection.reset()
    with pytest.raises(ConnectionResetError):
        await reader.read()
    assert await connection.wait_gone(5)
    writer.close()
    probe.go_on.set()
    server.should_exit = True
    await task
