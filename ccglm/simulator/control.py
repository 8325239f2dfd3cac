"""The control port: how a test steers the simulator and reads what it saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from ccglm.simulator.catalogue import SCENARIOS
from ccglm.simulator.scenarios import ScenarioOrder
from ccglm.simulator.script import ScriptedReply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from ccglm.simulator.world import World

    Endpoint = Callable[[Request], Awaitable[Response]]


def control_app(world: World) -> Starlette:
    """Return the control application for a world."""
    port = Control(world)
    routes: list[tuple[str, str, Callable[[Request, Any], object]]] = [
        ("POST", "reset", port.reset),
        ("GET", "knobs", port.knobs),
        ("POST", "knobs", port.turn),
        ("GET", "scenario", port.scenarios),
        ("POST", "scenario", port.add_scenario),
        ("POST", "script", port.add_script),
        ("POST", "clock", port.move_clock),
        ("GET", "log", port.log),
    ]
    return Starlette(
        routes=[
            Route(f"/__ctl/{name}", _endpoint(act), methods=[method])
            for method, name, act in routes
        ]
    )


def _endpoint(act: Callable[[Request, Any], object]) -> Endpoint:
    """Wrap an act: JSON in, JSON out, and 400 with a message for what cannot be done."""

    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            result = act(request, orjson.loads(raw) if raw else {})
        except ValidationError as error:
            problems = [
                f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}"
                for each in error.errors()
            ]
            return _json({"ok": False, "error": "; ".join(problems)}, status=400)
        except ValueError as error:
            return _json({"ok": False, "error": str(error)}, status=400)
        return _json({"ok": True} if result is None else result)

    return endpoint


def _json(value: object, *, status: int = 200) -> Response:
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return Response(body, status, media_type="application/json")


class Control:
    """The acts of the control port; each takes the request and its JSON body."""

    def __init__(self, world: World) -> None:
        self._world = world

    def reset(self, _request: Request, _body: Any) -> None:
        """Forget script, scenarios, log, buckets and caches; turn the knobs back."""
        self._world.reset()

    def knobs(self, _request: Request, _body: Any) -> object:
        """Return all knobs."""
        return self._world.knobs.model_dump()

    def turn(self, _request: Request, body: Any) -> object:
        """Turn some knobs; return all."""
        self._world.turn(self._world.knobs.patched(_object(body)))
        return self._world.knobs.model_dump()

    def scenarios(self, _request: Request, _body: Any) -> object:
        """Return the scenarios there are and those in force."""
        known = [
            {"name": s.name, "summary": s.summary, "params": dict(s.params), "times": s.times}
            for s in SCENARIOS.values()
        ]
        return {"known": known, "active": self._world.scenarios.names()}

    def add_scenario(self, _request: Request, body: Any) -> None:
        """Switch a scenario on."""
        order = ScenarioOrder.model_validate(_object(body))
        self._world.scenarios.add(order, now_s=self._world.clock.monotonic_s())

    def add_script(self, _request: Request, body: Any) -> None:
        """Queue replies: `{"replies": [...]}`."""
        replies = _object(body).get("replies")
        if not isinstance(replies, list):
            raise ValueError('a script is {"replies": [...]}')  # noqa: TRY004 - becomes a 400
        known = [ScriptedReply.model_validate(r) for r in cast("list[object]", replies)]
        self._world.script.add(known)

    def move_clock(self, _request: Request, body: Any) -> None:
        """Move the clock forward: `{"advance_s": seconds}`."""
        self._world.clock.advance(float(_object(body).get("advance_s", 0)))

    def log(self, request: Request, _body: Any) -> object:
        """Return recorded requests; `?since=N` for those after N, `?bodies=0` without bodies."""
        since = int(request.query_params.get("since", "0"))
        bodies = request.query_params.get("bodies", "1") != "0"
        return self._world.log.to_json(since=since, bodies=bodies)


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - becomes a 400
    return cast("dict[str, Any]", body)
