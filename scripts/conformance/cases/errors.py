"""Errors of the gateway itself, and refusals of the provider, as the client must see them."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import body
from scripts.conformance.checks import error_problems, leaks
from scripts.conformance.expect import contains, equal, expect, lacks, matches, no_problems
from scripts.conformance.registry import case
from scripts.conformance.reply import Json, Reply


def reads_well(reply: Reply) -> None:
    """Insist on a message for people: no class names, traces, paths, keys or markup."""
    found = leaks(reply)
    expect(not found, f"the message shows {', '.join(found)}: {reply.error_message[:200]!r}")


@case("errors")
async def wrong_token(bench: Bench) -> None:
    """A wrong client token is refused with 401 `authentication_error`."""
    headers = {"authorization": "Bearer not-the-token"}
    reply = await bench.refused(status=401, kind="authentication_error", headers=headers)
    reads_well(reply)
    equal("requests upstream", len(await bench.sent()), 0)


@case("errors")
async def no_token(bench: Bench) -> None:
    """A request without any token is refused with 401 `authentication_error`."""
    await bench.refused(status=401, kind="authentication_error", headers={"authorization": None})


@case("errors")
async def unknown_model(bench: Bench) -> None:
    """A model that does not exist is refused with 404 `not_found_error` or served by a catch-all."""
    reply = await bench.send({**body("hi"), "model": "no-such/model-9"})
    if reply.status != 200:
        equal("status", reply.status, 404)
        equal("type", reply.error_type, "not_found_error")
        no_problems("refusal", error_problems(reply.document))
        reads_well(reply)


@case("errors")
async def body_is_no_json(bench: Bench) -> None:
    """A body that is not JSON is refused with 400 `invalid_request_error`."""
    reply = await bench.gateway.send(b'{"model": "x", "messages": [')
    equal("status", reply.status, 400)
    equal("type", reply.error_type, "invalid_request_error")
    no_problems("refusal", error_problems(reply.document))
    reads_well(reply)


@case("errors")
async def body_is_a_list(bench: Bench) -> None:
    """A body that is JSON but no object is refused with 400 `invalid_request_error`."""
    reply = await bench.gateway.send(b"[1, 2]")
    equal("status", reply.status, 400)
    equal("type", reply.error_type, "invalid_request_error")


@case("errors")
async def no_messages(bench: Bench) -> None:
    """A request without messages is refused with 400 `invalid_request_error` that names them."""
    request = {"model": bench.names.model, "max_tokens": 10}
    reply = await bench.refused(request, status=400, kind="invalid_request_error")
    matches("message", reply.error_message, "messages")
    reads_well(reply)


@case("errors")
async def empty_messages(bench: Bench) -> None:
    """An empty list of messages is refused with 400 `invalid_request_error`."""
    request: Json = {"max_tokens": 10, "messages": []}
    reads_well(await bench.refused(request, status=400, kind="invalid_request_error"))


@case("errors")
async def messages_of_the_wrong_type(bench: Bench) -> None:
    """Messages that are no list, or hold no objects, are refused with 400, never 500."""
    for messages in ("hi", ["hi"], [{"role": "user", "content": 5}], [{"content": "hi"}]):
        request = {"max_tokens": 10, "messages": messages}
        reply = await bench.refused(request, status=400, kind="invalid_request_error")
        reads_well(reply)


@case("errors")
async def wrong_method(bench: Bench) -> None:
    """GET on the messages endpoint is refused with 405 or 404, not with a stack trace."""
    reply = await bench.gateway.send(None, method="GET")
    expect(reply.status in (404, 405), f"status is {reply.status}")


@case("errors")
async def fields_of_the_wrong_type(bench: Bench) -> None:
    """Fields of the wrong type are refused with 400 or ignored, never 500."""
    for field, value in (("max_tokens", "many"), ("temperature", "hot"), ("tools", "none")):
        reply = await bench.send({**body("hi"), field: value})
        expect(reply.status in (200, 400), f"{field}: status is {reply.status}")


@case("errors", fault=True)
async def rate_limit(bench: Bench) -> None:
    """A provider's 429, when nobody else can serve, arrives as 429 `rate_limit_error`."""
    await bench.fault("rate_limit", times=0)
    reply = await bench.refused(status=429, kind="rate_limit_error")
    reads_well(reply)


@case("errors", fault=True)
async def rate_limit_without_streaming(bench: Bench) -> None:
    """The same 429 for a request without streaming."""
    await bench.fault("rate_limit", times=0)
    await bench.refused(status=429, kind="rate_limit_error", stream=False)


@case("errors", surfaces=("cerebras",), fault=True)
async def retry_after_is_passed_on(bench: Bench) -> None:
    """A provider's `retry-after` reaches the client, not above the 60 s that end its patience."""
    await bench.fault("rate_limit_long", times=0)
    reply = await bench.refused(status=429)
    seconds = reply.headers.get("retry-after")
    expect(seconds is not None, "there is no retry-after")
    expect(0 < float(seconds or 0) <= 60, f"retry-after is {seconds}")


@case("errors", surfaces=("cerebras",), fault=True)
async def no_waiting_inside(bench: Bench) -> None:
    """The gateway does not wait out a `retry-after` of 58 s itself."""
    await bench.fault("rate_limit_long", times=0)
    reply = await bench.refused(status=429)
    expect(reply.duration_ms < 5000, f"it took {reply.duration_ms / 1000:.0f} s")


@case("errors", fault=True)
async def overloaded(bench: Bench) -> None:
    """An overloaded provider arrives as 429 or 529 that the client retries."""
    await bench.fault("overloaded", times=0)
    reads_well(await bench.refused(kind=("overloaded_error", "rate_limit_error")))


@case("errors", fault=True)
async def server_error(bench: Bench) -> None:
    """A provider's 500 arrives as a 5xx `api_error` whose message can be read."""
    await bench.fault("server_error", times=0)
    reply = await bench.refused(status=(500, 502, 503, 529), kind=("api_error", "overloaded_error"))
    reads_well(reply)


@case("errors", fault=True)
async def html_page(bench: Bench) -> None:
    """An HTML error page of the provider's edge becomes one readable sentence."""
    await bench.fault("edge_html", times=0)
    reply = await bench.refused(kind=("api_error", "overloaded_error"))
    lacks("message", reply.error_message.lower(), "<html", "<title", "<center")
    reads_well(reply)


@case("errors", fault=True)
async def connection_reset(bench: Bench) -> None:
    """A connection reset before anything was said arrives as a 5xx error, or is tried again."""
    await bench.fault("reset_start", times=0)
    reply = await bench.cut_off(begun=False)
    reads_well(reply)


@case("errors", fault=True)
async def refused_request(bench: Bench) -> None:
    """A request that the provider calls invalid arrives as 400 with the provider's own words."""
    await bench.fault("invalid", times=0)
    reply = await bench.refused(status=400, kind="invalid_request_error")
    matches("message", reply.error_message, "could not be processed|parameter is illegal")
    reads_well(reply)


@case("errors", fault=True)
async def too_large(bench: Bench) -> None:
    """A 413 without a body arrives as an error the client understands, with a message."""
    await bench.fault("too_large", times=0)
    reads_well(await bench.refused(status=(400, 413)))


@case("errors", fault=True)
async def the_models_absence(bench: Bench) -> None:
    """A model the provider no longer has arrives as 404 `not_found_error` that names it."""
    await bench.fault("model_gone", times=0)
    reply = await bench.refused(status=404, kind="not_found_error")
    reads_well(reply)


@case("errors", fault=True)
async def no_credit(bench: Bench) -> None:
    """A provider account without credit arrives as an error that is not retried for minutes and says why."""
    await bench.fault("no_credit", times=0)
    reply = await bench.refused(
        status=(400, 402, 403), kind=("billing_error", "permission_error", "invalid_request_error")
    )
    matches("message", reply.error_message, "payment|billing|balance|credit|recharge")
    reads_well(reply)


@case("errors", fault=True)
async def the_providers_401(bench: Bench) -> None:
    """A provider key that is refused is no 401 to the client, which would retry it for three minutes."""
    await bench.fault("bad_key", times=0)
    reply = await bench.refused()
    expect(reply.status != 401, "the client sees 401")
    matches("message", reply.error_message, "key")
    reads_well(reply)


@case("errors", fault=True)
async def the_providers_401_names_the_key(bench: Bench) -> None:
    """The error of a refused provider key says which provider and which key, by name."""
    await bench.fault("bad_key", times=0)
    reply = await bench.refused()
    matches("message", reply.error_message, "cerebras" if bench.surface == "cerebras" else "z.?ai")
    contains("message", reply.error_message, "_API_KEY")


@case("errors", fault=True)
async def the_providers_403(bench: Bench) -> None:
    """A provider's 403 arrives as an error with its reason, once."""
    await bench.fault("forbidden", times=0)
    reply = await bench.refused(status=(400, 403))
    reads_well(reply)
