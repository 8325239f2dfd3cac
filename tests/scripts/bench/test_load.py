"""The load generator sees first content, ends and faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from scripts.bench.load import (
    MESSAGES_STREAM,
    MESSAGES_WHOLE,
    encode_request,
    exchange,
    run_streams,
)
from tests.helpers.http_server import serve_app

ANSWER = b'data: {"type":"content_block_delta"}\n\nevent: message_stop\ndata: {}\n\n'


async def messages(request: Request) -> Response:
    body = await request.json()
    match body["model"]:
        case "whole":
            return JSONResponse({"stop_reason": "end_turn"})
        case "refused":
            return JSONResponse({"error": "no"}, 429)
        case "cut":
            return StreamingResponse(iter([ANSWER[:40]]))
        case _:

            async def pieces() -> AsyncIterator[bytes]:
                for event in ANSWER.split(b"\n\n")[:-1]:
                    yield event + b"\n\n"

            return StreamingResponse(pieces())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_app(Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])) as url:
        yield url


async def test_a_stream_of_events_is_timed_to_its_end(address: str) -> None:
    request = encode_request(address, MESSAGES_STREAM, "t", {"model": "stream"})
    timings, wall_s = await run_streams(address, [request] * 5, MESSAGES_STREAM)
    assert [timing.error for timing in timings] == [None] * 5
    for timing in timings:
        assert timing.first_ms is not None
        assert 0 < timing.first_ms <= timing.total_ms <= wall_s * 1000 + 1
        assert timing.received_bytes > len(ANSWER)


async def test_a_whole_answer_ends_with_its_content_length(address: str) -> None:
    request = encode_request(address, MESSAGES_WHOLE, "t", {"model": "whole"})
    assert (await exchange(address, request, MESSAGES_WHOLE)).error is None


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("refused", "HTTP/1.1 429 Too Many Requests"),
        ("cut", "the answer did not end as it should"),
    ],
)
async def test_what_is_lost_is_named(address: str, model: str, error: str) -> None:
    request = encode_request(address, MESSAGES_STREAM, "t", {"model": model})
    assert (await exchange(address, request, MESSAGES_STREAM)).error == error


async def test_nobody_there_is_an_error_not_an_exception() -> None:
    timing = await exchange("http://127.0.0.1:9", b"", MESSAGES_STREAM)
    assert timing.error is not None
