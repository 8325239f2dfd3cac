"""The client reads whole answers, streams, refusals and broken connections into one shape."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ccglm.proxy.messages_client import MessagesClient, ToolCall
from tests.helpers.http_server import serve_app

MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "main",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        {"type": "text", "text": "Hello"},
        {"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": "/a"}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 5, "output_tokens": 7},
}
EVENTS: list[dict[str, Any]] = [
    {"type": "ping"},
    {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hel"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "lo"}},
    {"type": "content_block_stop", "index": 1},
    {"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "t1", "name": "Read", "input": {}}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '{"file_path"'}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": ':"/a"}'}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 7}},
    {"type": "message_stop"},
]  # fmt: skip


def sse(events: list[dict[str, Any]]) -> AsyncIterator[str]:
    async def chunks() -> AsyncIterator[str]:
        for event in events:
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"

    return chunks()


async def messages(request: Request) -> Response:
    body = await request.json()
    headers = {"x-ccglm-served-by": "cerebras/glm", "x-ccglm-request-id": "r1"}
    match body["model"]:
        case "refused":
            return JSONResponse({"error": {"message": "no room"}}, 429, headers=headers)
        case "flat":
            return JSONResponse({"message": "flat words"}, 400)
        case "html":
            return HTMLResponse("<h1>bad gateway</h1>", 502)
        case "cut":
            return StreamingResponse(sse(EVENTS[:8]), headers=headers)
        case "broken":
            error = {"type": "error", "error": {"type": "api_error", "message": "it broke"}}
            return StreamingResponse(sse([*EVENTS[:8], error]), headers=headers)
        case _ if body.get("stream"):
            return StreamingResponse(sse(EVENTS), headers=headers)
        case _:
            return JSONResponse(MESSAGE, headers=headers)


async def count(request: Request) -> Response:
    assert request.headers["authorization"] == "Bearer secret"
    return JSONResponse({"input_tokens": 42})


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    routes = [
        Route("/v1/messages", messages, methods=["POST"]),
        Route("/v1/messages/count_tokens", count, methods=["POST"]),
    ]
    with serve_app(Starlette(routes=routes)) as url:
        yield url


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_reads_the_same_streamed_and_whole(address: str, stream: bool) -> None:
    async with MessagesClient(address, "secret") as client:
        answer = await client.ask({"model": "main", "stream": stream})
    assert answer.ok
    assert (answer.text, answer.thinking, answer.stop_reason) == ("Hello", "Hm.", "tool_use")
    assert answer.tool_calls == [ToolCall("t1", "Read", {"file_path": "/a"})]
    assert answer.usage == {"input_tokens": 5, "output_tokens": 7}
    assert answer.served_by == "cerebras/glm"
    assert answer.request_id == "r1"
    assert answer.content == MESSAGE["content"]
    assert (answer.first_event_ms is not None) is stream
    assert answer.duration_ms > 0


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("refused", "429: no room"),
        ("flat", "400: flat words"),
        ("html", "status 502 with a body that is not JSON"),
        ("cut", "the stream ended without a stop reason"),
        ("broken", "200: it broke"),
    ],
)
async def test_what_went_wrong_is_one_sentence(address: str, model: str, error: str) -> None:
    async with MessagesClient(address, "secret") as client:
        answer = await client.ask({"model": model, "stream": True})
    assert not answer.ok
    assert answer.error == error


async def test_a_connection_that_fails_is_an_answer_too() -> None:
    async with MessagesClient("http://127.0.0.1:9", "secret") as client:
        answer = await client.ask({"model": "main"})
    assert answer.error == "the connection failed: ConnectError"


async def test_tokens_are_counted_with_the_token(address: str) -> None:
    async with MessagesClient(address, "secret") as client:
        assert await client.count_tokens({"model": "main", "messages": []}) == 42
