"""A gateway that answers `/v1/messages` with what a test scripted, streaming or whole as asked.

with serve_script(script) as address: ...
script.say(text("Hello"))
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.helpers.http_server import serve_app

Json = dict[str, Any]


def text(words: str) -> Json:
    """Return a text block."""
    return {"type": "text", "text": words}


def thought(words: str) -> Json:
    """Return a thinking block."""
    return {"type": "thinking", "thinking": words}


def call(name: str, identity: str = "t1", **arguments: Any) -> Json:
    """Return a tool call."""
    return {"type": "tool_use", "id": identity, "name": name, "input": arguments}


class Script:
    """What the gateway says next, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Json] = []
        self.counted = 270
        self.served_by: str | None = None
        """None: whoever was asked for."""
        self._replies: list[Json | Response] = []

    def say(self, *blocks: Json, **changes: Any) -> None:
        """Answer once with these blocks; fields of the message replaced as told."""
        calls = any(block["type"] == "tool_use" for block in blocks)
        self._replies.append(
            {
                "content": list(blocks), "stop_reason": "tool_use" if calls else "end_turn",
                "usage": {"input_tokens": 200, "cache_read_input_tokens": 74, "output_tokens": 9}, **changes,
            }
        )  # fmt: skip

    def refuse(self, status: int, message: str, **headers: str) -> None:
        """Answer once with an error."""
        body = {"type": "error", "error": {"type": "api_error", "message": message}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._replies.append(JSONResponse(body, status, headers=named))

    async def answer(self, request: Request) -> Response:
        """Answer a request from the script."""
        body = await request.json()
        self.asked.append(body)
        reply = self._replies.pop(0)
        if isinstance(reply, Response):
            return reply
        message = {"model": body["model"], **reply}
        headers = {"x-ccglm-served-by": self.served_by or body["model"]}
        if not body.get("stream"):
            return JSONResponse(message, headers=headers)
        return Response("".join(_events(message)), media_type="text/event-stream", headers=headers)

    async def count(self, request: Request) -> Response:
        """Answer a request to count; a count below zero is a failure."""
        self.asked.append(await request.json())
        if self.counted < 0:
            return JSONResponse({}, 500)
        return JSONResponse({"input_tokens": self.counted})


def serve_script(script: Script) -> AbstractContextManager[str]:
    """Serve a script for the length of a block; gives its address."""
    routes = [
        Route("/v1/messages", script.answer, methods=["POST"]),
        Route("/v1/messages/count_tokens", script.count, methods=["POST"]),
    ]
    return serve_app(Starlette(routes=routes))


def _events(message: Json) -> Iterator[str]:
    yield _event(type="message_start", message={**message, "content": []})
    for index, block in enumerate(message["content"]):
        start, part = block, ""
        if block["type"] == "tool_use":
            start, part = {**block, "input": {}}, json.dumps(block["input"])
        yield _event(type="content_block_start", index=index, content_block=start)
        if part:
            delta = {"type": "input_json_delta", "partial_json": part}
            yield _event(type="content_block_delta", index=index, delta=delta)
        yield _event(type="content_block_stop", index=index)
    stop = {"stop_reason": message["stop_reason"]}
    yield _event(type="message_delta", delta=stop, usage=message["usage"])
    yield _event(type="message_stop")


def _event(**data: Any) -> str:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n"
