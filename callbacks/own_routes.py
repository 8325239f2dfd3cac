"""Routes of our own on LiteLLM's application: readiness, quotas, and counting tokens without a tokenizer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

import orjson
from fastapi import Depends, FastAPI, Request, Response
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth
from starlette.routing import BaseRoute

from callbacks.assembly import assembled
from callbacks.dialects.causes import Verdict
from callbacks.error_answers import UNKNOWN_CLIENT, as_body
from callbacks.hooks.routing import UnknownModelError
from callbacks.request_context import RequestContext
from callbacks.translate.json_values import as_object, read_json

COUNT_PATH = "/v1/messages/count_tokens"
READY_PATH = "/ccglm/ready"
STATUS_PATH = "/ccglm/status"
RESUME_PATH = "/ccglm/resume"


class State:
    """Whether this process can serve; one object a process.

    Attributes:
        run_id: What `ccglm up` gave the process, to recognise it again.
        version: Version of ccglm.
        warm: The first real request is as fast as any other.
    """

    def __init__(self, run_id: str, version: str) -> None:
        self.run_id = run_id
        self.version = version
        self.warm = False

    def as_json(self) -> dict[str, Any]:
        """Return the answer of `GET /ccglm/ready`."""
        return {
            "run_id": self.run_id,
            "pid": os.getpid(),
            "ready": True,
            "warm": self.warm,
            "version": self.version,
        }


def add_routes(app: FastAPI, state: State) -> None:
    """Put our routes in front of LiteLLM's.

    Args:
        app: LiteLLM's application; its own `count_tokens` is kept, but never reached.
        state: Told by the readiness route.
    """

    async def ready() -> Response:
        return _json(200, state.as_json())

    known: list[BaseRoute] = list(app.router.routes)
    app.router.routes.clear()
    app.add_api_route(READY_PATH, ready, methods=["GET"], include_in_schema=False)
    app.add_api_route(STATUS_PATH, status, methods=["GET"], include_in_schema=False)
    app.add_api_route(RESUME_PATH, resume, methods=["POST"], include_in_schema=False)
    app.add_api_route(
        COUNT_PATH,
        count_tokens,
        methods=["POST"],
        include_in_schema=False,
        dependencies=[Depends(user_api_key_auth)],
    )
    app.router.routes.extend(known)


async def status(request: Request) -> Response:
    """Answer `GET /ccglm/status`: what this process knows of every key."""
    if not _is_owner(request):
        return _refused(
            RequestContext(path=STATUS_PATH), UNKNOWN_CLIENT, 401, "authentication_error"
        )
    return _json(200, {"pid": os.getpid(), "keys": assembled().quota.document()})


async def resume(request: Request) -> Response:
    """Answer `POST /ccglm/resume`: end every pause, because somebody says that its cause is gone."""
    if _is_owner(request):
        assembled().quota.book.resume_all()
    return await status(request)


def _is_owner(request: Request) -> bool:
    """Tell whether the request carries the proxy's own token.

    LiteLLM's check looks other tokens up in a database, and fails without one.
    """
    from litellm.proxy import proxy_server

    _, _, token = request.headers.get("authorization", "").partition(" ")
    owner: Any = proxy_server.master_key
    return isinstance(owner, str) and compare_digest(token.strip().encode(), owner.encode())


async def count_tokens(request: Request) -> Response:
    """Answer `POST /v1/messages/count_tokens` with our calibrated estimate."""
    context = RequestContext(path=COUNT_PATH)
    try:
        body = as_object(read_json(await request.body()))
    except ValueError:
        return _refused(context, "the body is not JSON")
    if not isinstance(body.get("messages"), list):
        return _refused(context, "messages: Field required")
    try:
        return _json(200, {"input_tokens": assembled().count_tokens(body)})
    except UnknownModelError as error:
        return _refused(context, error.message, 404, "not_found_error")


def _refused(
    context: RequestContext, message: str, status: int = 400, kind: str = "invalid_request_error"
) -> Response:
    verdict = Verdict(status, kind, message, None, should_retry=False)
    return Response(as_body(verdict, context), status, media_type="application/json")


def _json(status: int, data: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(data), status, media_type="application/json")
