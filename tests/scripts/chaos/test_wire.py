"""The chaos client sees what arrived, what ended and what did not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from scripts.chaos.wire import Cut, ask
from tests.helpers.http_server import serve_app

EVENTS = [
    b'event: content_block_delta\ndata: {"type":"content_block_delta","n":"\xc3\xa4"}\n\n',
    b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
]


async def messages(request: Request) -> Response:
    body = await request.json()
    if body["model"] == "refused":
        return JSONResponse({"type": "error"}, 429, headers={"Retry-After": "3"})

    async def pieces() -> AsyncIterator[bytes]:
        yield EVENTS[0]
        if body["model"] == "cut":
            raise ConnectionError("cut")
        yield EVENTS[1]

    return StreamingResponse(pieces(), media_type="text/event-stream")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_app(Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])) as url:
        yield url


async def test_a_stream_is_its_events(address: str) -> None:
    reply = await ask(address, "t", {"model": "stream"})
    assert (reply.status, reply.broken) == (200, None)
    assert reply.body == b"".join(EVENTS)
    assert [event.type for event in reply.events] == ["content_block_delta", "message_stop"]
    assert reply.first_byte_ms is not None


async def test_a_refusal_has_its_headers(address: str) -> None:
    reply = await ask(address, "t", {"model": "refused"})
    assert (reply.status, reply.headers["retry-after"]) == (429, "3")
    assert reply.document == {"type": "error"}


async def test_an_answer_without_its_end_is_broken(address: str) -> None:
    reply = await ask(address, "t", {"model": "cut"})
    assert reply.broken is not None
    assert reply.events == []


async def test_the_client_hangs_up_when_told(address: str) -> None:
    with pytest.raises(Cut):
        await ask(address, "t", {"model": "stream"}, hang_up_after_bytes=10)


async def test_nobody_there_is_no_exception() -> None:
    assert (await ask("http://127.0.0.1:9", "t", {})).broken is not None
