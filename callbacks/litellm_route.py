"""LiteLLM's own endpoint for /v1/messages, without the walk over its hundreds of routes and through its dozen middlewares.

A FastAPI application of two routes: LiteLLM's endpoint function as it stands, with LiteLLM's authentication as its
dependency and LiteLLM's exception handlers, and our route for counting tokens. What the other layers do is not needed
here: compression, CORS (a request with `Origin` takes the whole way), headers for pages in browsers, licence metering,
admission control, size limits and Redis batches, all of which are off unless they are configured.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, cast

from fastapi import FastAPI, params
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from callbacks.asgi import App, Receive, Scope, Send
from callbacks.litellm_lean import is_lean

MESSAGES_PATH = "/v1/messages"


def short_way(app: FastAPI, *, ours: Iterable[str] = ()) -> FastAPI | None:
    """Return an application that serves only `POST /v1/messages` and routes of our own, as LiteLLM's would.

    Args:
        app: LiteLLM's application.
        ours: Paths of routes of ours in it that shall be served too.

    Returns:
        None when LiteLLM's endpoint, or its authentication, is not where it is expected.
    """
    from litellm.proxy.anthropic_endpoints.endpoints import router
    from litellm.proxy.auth.user_api_key_auth import user_api_key_auth
    from litellm.proxy.middleware.in_flight_requests_middleware import InFlightRequestsMiddleware

    endpoint = _endpoint(router.routes, MESSAGES_PATH)
    if endpoint is None or not _asks(endpoint, user_api_key_auth):
        return None
    short = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    short.add_api_route(MESSAGES_PATH, endpoint, methods=["POST"])
    wanted = frozenset(ours)
    short.router.routes.extend(
        route for route in app.router.routes if isinstance(route, APIRoute) and route.path in wanted
    )
    short.exception_handlers = app.exception_handlers
    short.state = app.state
    # `/health/backlog` counts what is being served.
    short.add_middleware(InFlightRequestsMiddleware)
    return short


class Shortened:
    """LiteLLM's application with the short way in front of it."""

    def __init__(self, app: App, short: App | None, paths: Iterable[str]) -> None:
        """Remember both.

        Args:
            app: LiteLLM's application.
            short: What `short_way` returned.
            paths: What is served on the short way.
        """
        self._app = app
        self._short = short
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if (
            self._short is None
            or scope["type"] != "http"
            or scope["path"] not in self._paths
            or scope["method"] != "POST"
            or not is_lean()
            or any(name == b"origin" for name, _ in scope["headers"])
        ):
            await self._app(scope, receive, send)
        else:
            await self._short(scope, receive, send)


def _endpoint(routes: Iterable[BaseRoute], path: str) -> Any:
    for route in routes:
        if isinstance(route, APIRoute) and route.path == path and "POST" in (route.methods or ()):
            return cast("Any", route.endpoint)
    return None


def _asks(endpoint: Any, dependency: object) -> bool:
    """Tell whether an endpoint depends on something by one of its own parameters."""
    return any(
        isinstance(parameter.default, params.Depends) and parameter.default.dependency is dependency
        for parameter in inspect.signature(endpoint).parameters.values()
    )
