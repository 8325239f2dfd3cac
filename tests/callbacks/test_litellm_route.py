"""The short way is LiteLLM's own endpoint with LiteLLM's own authentication, and is left when it must be."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from callbacks import litellm_lean, litellm_route
from callbacks.asgi import Receive, Scope, Send
from callbacks.litellm_route import MESSAGES_PATH, Shortened, short_way

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # LiteLLM's own
    from litellm.proxy import proxy_server
    from litellm.proxy.anthropic_endpoints import endpoints
    from litellm.proxy.auth.user_api_key_auth import user_api_key_auth

LEAN_CONFIG: dict[str, Any] = {
    "litellm_settings": {"callbacks": litellm_lean.OUR_CALLBACKS},
    "router_settings": {"routing_strategy": "simple-shuffle"},
}


@pytest.fixture(autouse=True)
def lean(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.setattr(litellm_lean, "_loggers", list)
    litellm_lean.settle(LEAN_CONFIG, database=False)
    yield
    litellm_lean.unsettle()


def test_litellms_endpoint_is_found_with_its_authentication() -> None:
    short = short_way(proxy_server.app)
    assert short is not None, "LiteLLM has moved /v1/messages or its authentication"
    served = {r.path: r.endpoint for r in short.routes if isinstance(r, APIRoute)}
    assert served == {MESSAGES_PATH: endpoints.anthropic_response}
    assert short.exception_handlers is proxy_server.app.exception_handlers


def test_routes_of_ours_come_along_as_they_are() -> None:
    app = FastAPI()

    async def ours() -> None: ...

    app.add_api_route("/ours", ours, methods=["POST"], dependencies=[Depends(user_api_key_auth)])
    short = short_way(app, ours=["/ours"])
    assert short is not None
    route = next(r for r in short.routes if isinstance(r, APIRoute) and r.path == "/ours")
    assert [d.dependency for d in route.dependencies] == [user_api_key_auth]


def test_an_endpoint_without_authentication_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def open_to_all() -> None: ...

    monkeypatch.setattr(litellm_route, "_endpoint", lambda *_: open_to_all)
    assert short_way(proxy_server.app) is None
    monkeypatch.setattr(litellm_route, "_endpoint", lambda *_: None)
    assert short_way(proxy_server.app) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "short"),
        ({"path": "/v1/models"}, "whole"),
        ({"method": "GET"}, "whole"),
        ({"type": "websocket"}, "whole"),
        ({"headers": [(b"origin", b"https://a.example")]}, "whole"),
    ],
)
async def test_only_plain_requests_take_it(change: dict[str, Any], expected: str) -> None:
    taken: list[str] = []

    def app(name: str) -> Any:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            taken.append(name)

        return serve

    shortened = Shortened(app("whole"), app("short"), [MESSAGES_PATH])
    scope = {"type": "http", "path": MESSAGES_PATH, "method": "POST", "headers": [], **change}
    await shortened(scope, None, None)  # pyright: ignore[reportArgumentType]
    assert taken == [expected]
    litellm_lean.unsettle()
    await shortened({**scope}, None, None)  # pyright: ignore[reportArgumentType]
    assert taken[1] == "whole"
    await Shortened(app("whole"), None, [MESSAGES_PATH])(scope, None, None)  # pyright: ignore[reportArgumentType]
    assert taken[2] == "whole"
