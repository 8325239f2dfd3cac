"""The simulated Cerebras: its routes and the order in which it checks a request."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import orjson

from ccglm.simulator import cerebras_errors as errors
from ccglm.simulator.answer import Answer, Headers, Refused
from ccglm.simulator.cerebras_conflicts import asks_to_think, find_conflict
from ccglm.simulator.cerebras_limits import (
    Admission,
    TokenNeed,
    limits_for,
    refusal_for,
    reserved_tokens,
)
from ccglm.simulator.cerebras_models import (
    CerebrasModel,
    catalogue_entry,
    model_entry,
    models_of,
)
from ccglm.simulator.cerebras_properties import find_property_problems
from ccglm.simulator.cerebras_replies import Identity, stream_events, whole_body
from ccglm.simulator.effects import Effect, Moment
from ccglm.simulator.speech import speak

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.request import ApiRequest
    from ccglm.simulator.world import World

_STREAM_TYPE = "text/event-stream; charset=utf-8"


def handle(world: World, request: ApiRequest) -> Answer:
    """Answer a request to Cerebras.

    Raises:
        Refused: The request is refused; the headers are not complete yet, see `edge_headers`.
    """
    match request.method, request.path:
        case "POST", "/v1/chat/completions":
            return _chat(world, request)
        case "GET", "/v1/tcp_warming":
            return _json(world, request, {})
        case "GET", path if path.startswith("/v1/models"):
            _authorize(request, world.knobs)
            return _model_list(world, request, path.removeprefix("/v1/models").strip("/"))
        case "GET", path if path.startswith("/public/v1/models"):
            return _catalogue(world, request, path.removeprefix("/public/v1/models").strip("/"))
        case _:
            raise Refused(404, b'{"detail":"Not Found"}', message="no such route")


def edge_headers(world: World, request: ApiRequest, content_type: str) -> Headers:
    """Return the headers of every Cerebras answer, errors included (recorded 2026-04 to 08)."""
    headers = [
        ("content-type", content_type),
        ("server", "cloudflare"),
        ("cf-ray", f"{uuid.uuid4().hex[:16]}-FRA"),
        ("cf-cache-status", "DYNAMIC"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("strict-transport-security", "max-age=15552000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
    ]
    if request.model in models_of(world.knobs):
        headers += world.limiter.headers(
            _owner(request, world.knobs),
            limits_for(request.model, world.knobs),
            world.knobs,
            now_s=world.clock.monotonic_s(),
            now=world.clock.now(),
        )
    return headers


def _json(world: World, request: ApiRequest, value: object) -> Answer:
    return Answer(200, edge_headers(world, request, "application/json"), orjson.dumps(value))


def _model_list(world: World, request: ApiRequest, model_id: str) -> Answer:
    models = models_of(world.knobs)
    if not model_id:
        data = [model_entry(model) for model in models.values()]
        return _json(world, request, {"object": "list", "data": data})
    if model_id not in models:
        raise errors.model_not_found(model_id)
    return _json(world, request, model_entry(models[model_id]))


def _catalogue(world: World, request: ApiRequest, model_id: str) -> Answer:
    public = models_of(world.knobs.model_copy(update={"model_set": "public_2026_11"}))
    if not model_id:
        data = [catalogue_entry(model) for model in public.values()]
        return _json(world, request, {"object": "list", "data": data})
    if model_id not in public:
        detail = f"Model '{model_id}' not found or not publicly available"
        raise Refused(404, orjson.dumps({"detail": detail}), message=detail)
    return _json(world, request, catalogue_entry(public[model_id]))


def _owner(request: ApiRequest, knobs: Knobs) -> tuple[str, str]:
    return (knobs.org_of(request.bearer), request.model)


def _authorize(request: ApiRequest, knobs: Knobs) -> None:
    key = request.bearer
    state = knobs.keys.get(key)
    if not key or state == "revoked" or (state is None and knobs.known_keys_only):
        raise errors.unauthorized(knobs)
    if state == "forbidden":
        raise errors.forbidden()


def _chat(world: World, request: ApiRequest) -> Answer:
    knobs = world.knobs
    _authorize(request, knobs)
    if not isinstance(request.parsed, dict):
        raise errors.invalid("The request body is not a JSON object", knobs, param="body")
    admission = None
    if knobs.guess.check_order == "limits_first":
        admission = _admit(world, request, knobs)
    model = _validate(request, knobs)
    effect = (
        world.scenarios.take(request, at_edge=False, now_s=world.clock.monotonic_s()) or Effect()
    )
    if effect.knobs:
        knobs = knobs.patched(effect.knobs)
    if effect.refuse is not None:
        raise effect.refusal(Moment(request, knobs, world.clock.now()))
    _check_context(request, model, knobs)
    if knobs.keys.get(request.bearer) in ("unpaid", "no_balance"):
        raise errors.payment_required()
    if admission is None:
        admission = _admit(world, request, knobs)
    return _complete(world, request, knobs, effect, admission)


def _validate(request: ApiRequest, knobs: Knobs) -> CerebrasModel:
    body = request.body
    if knobs.strict:
        problems = find_property_problems(body, knobs)
        if problems:
            raise errors.invalid("\n".join(problems), knobs)
    model = models_of(knobs).get(request.model)
    if model is None:
        raise errors.model_not_found(request.model)
    conflict = find_conflict(body, model, knobs) if knobs.strict else None
    if conflict:
        raise errors.invalid(conflict, knobs, param="tools" if "strict" in conflict else "body")
    return model


def _check_context(request: ApiRequest, model: CerebrasModel, knobs: Knobs) -> None:
    length = request.prompt.tokens
    if knobs.guess.context_counts_completion:
        length += request.max_tokens or 0
    if length > model.context_tokens:
        raise errors.context_exceeded(length, model.context_tokens, knobs)


def _admit(world: World, request: ApiRequest, knobs: Knobs) -> Admission:
    now_s = world.clock.monotonic_s()
    need = TokenNeed(
        prompt=request.prompt.tokens,
        cached=world.cached_tokens(request, knobs),
        reserved=reserved_tokens(request.max_tokens),
    )
    limits = limits_for(request.model, knobs)
    verdict = world.limiter.admit(_owner(request, knobs), limits, need, now_s=now_s)
    if isinstance(verdict, Admission):
        return verdict
    raise refusal_for(verdict, knobs, now_s)


def _complete(
    world: World, request: ApiRequest, knobs: Knobs, effect: Effect, admission: Admission
) -> Answer:
    asked = asks_to_think(request.body)
    reply = world.reply_to(request, knobs, effect, asked_to_think=asked)
    speech = speak(reply, max_tokens=request.max_tokens, stops=request.stops)
    cached = world.cached_tokens(request, knobs)
    world.remember_prompt(request, knobs)
    usage = speech.usage(prompt_tokens=request.prompt.tokens, cached_tokens=cached)
    who = Identity.new(request.model, world.clock.now().timestamp())

    def settle() -> None:
        if knobs.guess.credit_back:
            admission.settle(usage.completion_tokens, world.clock.monotonic_s())

    answer = Answer(
        200,
        [*edge_headers(world, request, "application/json"), ("inference-id", who.id)],
        delay_s=speech.reply.delay_s + effect.silence_s,
        model=request.model,
        finish_reason=speech.reply.finish_reason,
        usage=usage,
        source=reply.source,
        scenario=effect.name,
        on_done=settle,
    )
    if not request.stream:
        answer.body = whole_body(speech, who, usage)
        answer.end = effect.broken
        return answer
    answer.headers[0] = ("content-type", _STREAM_TYPE)
    answer.events = stream_events(speech, who, usage, knobs)
    if effect.damage is not None:
        answer.end = effect.damage(answer.events, Moment(request, knobs, world.clock.now()))
    return answer
