"""The simulated Z.ai: its three surfaces, its routes and the order in which it checks a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from ccglm.simulator import zai_anthropic, zai_openai
from ccglm.simulator.answer import Answer, Headers, Refused
from ccglm.simulator.effects import Effect, Moment
from ccglm.simulator.speech import Speech, speak
from ccglm.simulator.zai_accounts import check_key, concurrency_limit, find_account_problem
from ccglm.simulator.zai_checks import asks_to_think, validate
from ccglm.simulator.zai_errors import JSON_TYPE, refusal, request_id
from ccglm.simulator.zai_models import model_list
from ccglm.simulator.zai_openai import ZaiIdentity

if TYPE_CHECKING:
    from ccglm.simulator.events import Events
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.matching import Surface
    from ccglm.simulator.reply import Usage
    from ccglm.simulator.request import ApiRequest
    from ccglm.simulator.world import World
    from ccglm.simulator.zai_models import ZaiModel

PREFIXES: dict[str, Surface] = {
    "/api/paas/v4": "zai_openai",
    "/api/coding/paas/v4": "zai_coding",
    "/api/anthropic/v1": "zai_anthropic",
}
_STREAM_TYPE = "text/event-stream;charset=UTF-8"


def surface_of(path: str) -> Surface | None:
    """Return the surface a path belongs to, or None."""
    return next((s for prefix, s in PREFIXES.items() if path.startswith(prefix + "/")), None)


def handle(world: World, request: ApiRequest) -> Answer:
    """Answer a request to Z.ai.

    Raises:
        Refused: The request is refused.
    """
    prefix = next(p for p, surface in PREFIXES.items() if surface == request.surface)
    route = (request.method, request.path.removeprefix(prefix))
    is_anthropic = request.surface == "zai_anthropic"
    if route == ("GET", "/models"):
        check_key(request, world.knobs)
        return Answer(200, edge_headers(world, request, JSON_TYPE), orjson.dumps(model_list()))
    if is_anthropic and route == ("POST", "/messages/count_tokens"):
        return _count_tokens(world, request)
    if route == ("POST", "/messages" if is_anthropic else "/chat/completions"):
        return _complete(world, request)
    body = {"timestamp": world.clock.now().isoformat(), "status": 404, "error": "Not Found"}
    raise Refused(404, orjson.dumps({**body, "path": request.path}), message="no such route")


def edge_headers(_world: World, _request: ApiRequest, content_type: str) -> Headers:
    """Return the headers of every Z.ai answer.

    No rate limit headers and no retry-after (measured 2026-08-16); the same for every request.
    """
    vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    return [
        ("content-type", content_type),
        ("strict-transport-security", "max-age=31536000"),
        ("vary", vary),
        ("alt-svc", 'h3=":443"; ma=3600'),
    ]


def _count_tokens(world: World, request: ApiRequest) -> Answer:
    check_key(request, world.knobs)
    if world.knobs.guess.zai_count_tokens == "missing":
        raise Refused(404, b'{"status":404,"error":"Not Found"}', message="no count_tokens")
    body = orjson.dumps({"input_tokens": request.prompt.tokens})
    return Answer(200, edge_headers(world, request, JSON_TYPE), body, model=request.model)


def _complete(world: World, request: ApiRequest) -> Answer:
    knobs = world.knobs
    check_key(request, knobs)
    if not isinstance(request.parsed, dict):
        raise refusal("1210", request, knobs)
    model = validate(request, knobs)
    effect = (
        world.scenarios.take(request, at_edge=False, now_s=world.clock.monotonic_s()) or Effect()
    )
    if effect.knobs:
        knobs = knobs.patched(effect.knobs)
    if effect.refuse is not None:
        raise effect.refusal(Moment(request, knobs, world.clock.now()))
    problem = find_account_problem(request, model, knobs)
    if problem is not None:
        raise problem
    slot = (knobs.org_of(request.key), request.model)
    limit = concurrency_limit(request.model, knobs)
    if limit and world.zai_in_flight[slot] >= limit:
        raise refusal("1302", request, knobs)
    answer = _answer(world, request, knobs, effect, model)
    world.zai_in_flight[slot] += 1

    def leave() -> None:
        world.zai_in_flight[slot] -= 1

    answer.on_done = leave
    return answer


def _answer(
    world: World, request: ApiRequest, knobs: Knobs, effect: Effect, model: ZaiModel
) -> Answer:
    asked = asks_to_think(request, model, knobs)
    reply = world.reply_to(request, knobs, effect, asked_to_think=asked)
    speech = speak(reply, max_tokens=request.max_tokens, stops=request.stops)
    cached = world.cached_tokens(request, knobs)
    world.remember_prompt(request, knobs)
    usage = speech.usage(prompt_tokens=request.prompt.tokens, cached_tokens=cached)
    now = world.clock.now()
    who = ZaiIdentity(request_id(now), request.model, now.timestamp())
    answer = Answer(
        200,
        edge_headers(world, request, _STREAM_TYPE if request.stream else JSON_TYPE),
        delay_s=speech.reply.delay_s + effect.silence_s,
        model=request.model,
        finish_reason=speech.reply.finish_reason,
        usage=usage,
        source=reply.source,
        scenario=effect.name,
    )
    if request.stream:
        answer.events = _events(request, speech, who, usage, knobs)
        if effect.damage is not None:
            answer.end = effect.damage(answer.events, Moment(request, knobs, now))
    else:
        surface = zai_anthropic if request.surface == "zai_anthropic" else zai_openai
        answer.body = surface.whole_body(speech, who, usage)
        answer.end = effect.broken
    return answer


def _events(
    request: ApiRequest, speech: Speech, who: ZaiIdentity, usage: Usage, knobs: Knobs
) -> Events:
    if request.surface == "zai_anthropic":
        return zai_anthropic.stream_events(speech, who, usage, knobs)
    tool_stream = request.body.get("tool_stream") is True
    return zai_openai.stream_events(speech, who, usage, knobs, tool_stream=tool_stream)
