"""Routes of our own on LiteLLM's application: readiness, quotas, and counting tokens without a tokenizer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Depends, FastAPI, Request, Response
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth
from starlette.routing import BaseRoute

from callbacks.assembly import assembled
from callbacks.dialects.causes import Verdict
from callbacks.error_answers import as_body
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
    for path, method, answer in (
        (COUNT_PATH, "POST", count_tokens),
        (STATUS_PATH, "GET", status),
        (RESUME_PATH, "POST", resume),
    ):
        app.add_api_route(
            path,
            answer,
            methods=[method],
            include_in_schema=False,
            dependencies=[Depends(user_api_key_auth)],
        )
    app.router.routes.extend(known)


async def status() -> Response:
    """Answer `GET /ccglm/status`: what this process knows of every key."""
    return _json(200, {"pid": os.getpid(), "keys": assembled().quota.document()})


async def resume() -> Response:
    """Answer `POST /ccglm/resume`: end every pause, because somebody says that its cause is gone."""
    assembled().quota.book.resume_all()
    return await status()


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
