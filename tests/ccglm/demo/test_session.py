"""The session's judgement: each step fails in words when the answer is not right."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ccglm.demo.session import (
    FILE_PATH,
    FILE_TEXT,
    MODEL,
    count_step,
    run_session,
    text_step,
    thinking_step,
    tool_step,
)
from ccglm.proxy.messages_client import MessagesClient
from tests.helpers.http_server import serve_app

replies: list[dict[str, Any]] = []
seen: list[dict[str, Any]] = []
tokens: list[int] = [30]


def message(*blocks: dict[str, Any], stop: str = "end_turn") -> dict[str, Any]:
    return {"model": MODEL, "content": list(blocks), "stop_reason": stop, "usage": {}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def call(path: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": path}}


async def answer(request: Request) -> Response:
    body = await request.json()
    seen.append(body)
    # Whole answers to stream requests: the client reads what it is given by its status and shape.
    events = "".join(as_events(replies.pop(0)))
    return Response(events, media_type="text/event-stream")


def as_events(reply: dict[str, Any]) -> Generator[str]:
    import json

    def event(**data: Any) -> str:
        return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n"

    yield event(type="message_start", message={**reply, "content": []})
    for index, block in enumerate(reply["content"]):
        if block["type"] == "tool_use":
            yield event(
                type="content_block_start", index=index, content_block={**block, "input": {}}
            )
            part = json.dumps(block["input"])
            delta = {"type": "input_json_delta", "partial_json": part}
            yield event(type="content_block_delta", index=index, delta=delta)
        else:
            yield event(type="content_block_start", index=index, content_block=block)
        yield event(type="content_block_stop", index=index)
    yield event(type="message_delta", delta={"stop_reason": reply["stop_reason"]}, usage={})


async def count(request: Request) -> Response:
    return JSONResponse({"input_tokens": tokens[0]})


@pytest.fixture(scope="module")
def address() -> Generator[str]:
    routes = [
        Route("/v1/messages", answer, methods=["POST"]),
        Route("/v1/messages/count_tokens", count, methods=["POST"]),
    ]
    with serve_app(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture
async def client(address: str) -> Any:
    replies.clear()
    seen.clear()
    tokens[0] = 30
    async with MessagesClient(address, "t") as found:
        yield found


GOOD = [
    message(text("Hello there.")),
    message({"type": "thinking", "thinking": "Hm."}, text("9.9")),
    message(call(FILE_PATH), stop="tool_use"),
    message(text(f"It says: {FILE_TEXT}")),
]


async def test_a_right_session_is_all_ok(client: MessagesClient) -> None:
    replies.extend(GOOD)
    steps = await run_session(client)
    assert [(step.name, step.ok) for step in steps] == [
        ("text", True), ("thinking", True), ("tool round trip", True), ("count_tokens", True),
    ]  # fmt: skip
    result = seen[3]["messages"][-1]["content"][0]
    assert (result["type"], result["tool_use_id"]) == ("tool_result", "t1")


async def test_what_is_wrong_is_said(client: MessagesClient) -> None:
    replies.extend(
        [
            message(),
            message(text("9.9")),
            message(text("no")),
            message(call("/x")),
            message(text("?")),
        ]
    )
    assert (await text_step(client)).detail == "no text came back"
    assert (await thinking_step(client)).detail == "the blocks were text"
    assert (await tool_step(client)).detail == "the model did not call the tool"
    assert (await tool_step(client)).detail == "the answer does not quote the file"
    tokens[0] = 0
    assert (await count_step(client)).detail == "0 tokens, which cannot be right"


async def test_nobody_there_fails_every_step() -> None:
    async with MessagesClient("http://127.0.0.1:9", "t") as client:
        steps = await run_session(client)
    assert not any(step.ok for step in steps)
    assert "ConnectError" in steps[-1].detail
