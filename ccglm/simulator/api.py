"""The API port: reads a request, lets the right provider answer it, writes the answer.

Plain ASGI: a framework's routing and response classes would cost more than everything else here
when a hundred streams are fed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ccglm.simulator import cerebras, zai
from ccglm.simulator.answer import Answer, Refused
from ccglm.simulator.delivery import Delivery
from ccglm.simulator.effects import Moment
from ccglm.simulator.log import RecordedRequest
from ccglm.simulator.pacing import Ticker
from ccglm.simulator.request import ApiRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from ccglm.simulator.answer import Headers
    from ccglm.simulator.connections import Connections
    from ccglm.simulator.world import World

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]


class Api:
    """ASGI application that is Cerebras and Z.ai at once, told apart by path."""

    def __init__(self, world: World, connections: Connections) -> None:
        self._world = world
        self._connections = connections
        self._ticker = Ticker()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        arrived_at = time.time()
        connection = self._connections.of(scope)
        if connection is None:
            return
        request = await _read(scope, receive)
        connection.keep_reading()
        record = _record(request, arrived_at)
        knobs = self._world.knobs
        self._world.log.add(record, request.raw if knobs.log_bodies else b"")
        answer = self._answer(request)
        _note(record, answer)
        await Delivery(send, connection, record, knobs, self._ticker).deliver(answer)

    def _answer(self, request: ApiRequest) -> Answer:
        world = self._world
        provider = zai if request.provider == "zai" else cerebras
        try:
            effect = world.scenarios.take(request, at_edge=True, now_s=world.clock.monotonic_s())
            if effect is not None:
                raise effect.refusal(Moment(request, world.knobs, world.clock.now()))
            return provider.handle(world, request)
        except Refused as refused:
            headers = provider.edge_headers(world, request, refused.content_type)
            return Answer(
                refused.status,
                _overridden(headers, refused.headers),
                refused.body,
                code=refused.code,
                message=refused.message,
                model=request.model,
                scenario=refused.scenario,
            )


def _overridden(headers: Headers, by: Headers) -> Headers:
    """Return the headers with those of a refusal in the place of the usual ones."""
    names = {name for name, _ in by}
    return [*(header for header in headers if header[0] not in names), *by]


async def _read(scope: Scope, receive: Receive) -> ApiRequest:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    path: str = scope["path"]
    surface = zai.surface_of(path)
    return ApiRequest(
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers={
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        },
        raw=b"".join(parts),
        provider="zai" if surface or path.startswith("/api/") else "cerebras",
        surface=surface or ("zai_openai" if path.startswith("/api/") else "cerebras"),
    )


def _record(request: ApiRequest, arrived_at: float) -> RecordedRequest:
    return RecordedRequest(
        provider=request.provider,
        surface=request.surface,
        method=request.method,
        path=request.path,
        query=request.query,
        headers=dict(request.headers),
        body_bytes=len(request.raw),
        key=request.key,
        model=request.model,
        stream=request.stream,
        arrived_at=arrived_at,
    )


def _note(record: RecordedRequest, answer: Answer) -> None:
    record.status = answer.status
    record.error_code = answer.code
    record.error_message = answer.message
    record.scenario = answer.scenario
    record.source = answer.source
    record.finish_reason = answer.finish_reason
    record.prompt_tokens = answer.usage.prompt_tokens
    record.cached_tokens = answer.usage.cached_tokens
    record.completion_tokens = answer.usage.completion_tokens
    record.reasoning_tokens = answer.usage.reasoning_tokens
