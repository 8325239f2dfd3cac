"""Our routes stand in front of LiteLLM's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth

from callbacks import assembly, request_context
from callbacks.own_routes import COUNT_PATH, READY_PATH, State, add_routes
from tests.helpers.dialects import hook_settings

BODY = {"model": "opus", "messages": [{"role": "user", "content": "word " * 100}]}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """An application that has its own way of counting, as LiteLLM's has."""
    application = FastAPI()

    async def theirs() -> dict[str, int]:
        return {"input_tokens": -1}

    application.add_api_route(COUNT_PATH, theirs, methods=["POST"])
    application.add_api_route("/health", theirs, methods=["GET"])
    application.state.readiness = State("run-1", "1.2.3")
    add_routes(application, application.state.readiness)
    application.dependency_overrides[user_api_key_auth] = lambda: None
    listeners = list(request_context._finish_listeners)
    assembly._assembled = None
    assembly.assemble(hook_settings(tmp_path))
    yield application
    assembly._assembled = None
    request_context._finish_listeners[:] = listeners


async def ask(app: FastAPI, method: str, path: str, **rest: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://proxy.invalid") as client:
        return await client.request(method, path, **rest)


async def test_readiness_tells_whose_process_it_is(app: FastAPI) -> None:
    expected = {"run_id": "run-1", "pid": os.getpid(), "ready": True, "warm": False, "version": "1.2.3"}  # fmt: skip
    assert (await ask(app, "GET", READY_PATH)).json() == expected
    app.state.readiness.warm = True
    assert (await ask(app, "GET", READY_PATH)).json()["warm"] is True


async def test_tokens_are_counted_by_us(app: FastAPI) -> None:
    answer = await ask(app, "POST", COUNT_PATH, json=BODY)
    assert 70 < answer.json()["input_tokens"] < 170


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"{}", 400),
        (b'{"model":"zai/none","messages":[]}', 404),
    ],
)
async def test_what_cannot_be_counted_is_told(app: FastAPI, content: bytes, status: int) -> None:
    answer = await ask(app, "POST", COUNT_PATH, content=content)
    assert answer.status_code == status
    assert answer.json()["type"] == "error"


async def test_counting_needs_the_proxys_token(app: FastAPI) -> None:
    def refuse() -> None:
        raise HTTPException(401)

    app.dependency_overrides[user_api_key_auth] = refuse
    assert (await ask(app, "POST", COUNT_PATH, json=BODY)).status_code == 401


async def test_other_routes_are_left_as_they_are(app: FastAPI) -> None:
    assert (await ask(app, "GET", "/health")).json() == {"input_tokens": -1}
