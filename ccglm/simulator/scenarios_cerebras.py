"""Faults of Cerebras, CB-01 to CB-25, each from recorded traffic or an issue thread.

Those that a correct gateway never provokes (unknown properties, mixed strict tools) answer as the
real one would if the gateway did; the strict checks find the same faults without any scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.simulator import cerebras_errors as errors
from ccglm.simulator import changes, damage
from ccglm.simulator.conversation import records
from ccglm.simulator.effects import Effect
from ccglm.simulator.scenario import Params, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.simulator.answer import Refused
    from ccglm.simulator.effects import Moment

_CHINESE = "我已经完成了您的请求，请查看结果。"  # noqa: RUF001 - Chinese punctuation


def _refuse(make: Callable[[Moment], Refused]) -> Callable[[Params], Effect]:
    return lambda _params: Effect(refuse=make)


def _assistant_property(params: Params) -> Effect:
    def refuse(moment: Moment) -> Refused:
        messages = records(moment.request.body.get("messages"))
        roles = [message.get("role") for message in messages]
        index = roles.index("assistant") if "assistant" in roles else 1
        path = f"messages.{index}.assistant.{params['property']}"
        return errors.invalid(f"{path}: property '{path}' is unsupported", moment.knobs)

    return Effect(refuse=refuse)


def _body_property(params: Params) -> Effect:
    path = f"body.{params['property']}"
    message = f"{path}: property '{path}' is unsupported"
    return Effect(refuse=lambda moment: errors.invalid(message, moment.knobs))


def _request_quota(params: Params) -> Effect:
    retry_after, period = params["retry_after"], params["period"]

    def refuse(moment: Moment) -> Refused:
        knobs = moment.knobs.model_copy(update={"retry_after_requests": retry_after})
        refused = errors.request_quota(period, retry_after or 0, knobs)
        if knobs.ratelimit_headers == "measured":
            refused.headers.append((f"x-ratelimit-remaining-requests-{period}", "0"))
        return refused

    return Effect(refuse=refuse)


def _token_quota(params: Params) -> Effect:
    retry_after, period = params["retry_after"], params["period"]

    def refuse(moment: Moment) -> Refused:
        knobs = moment.knobs.model_copy(update={"retry_after_tokens": retry_after})
        refused = errors.token_quota(period, retry_after or 0, knobs)
        if knobs.ratelimit_headers != "none":
            label = f"tokens-{period}"
            refused.headers.append((f"x-ratelimit-remaining-{label}", "0"))
            refused.headers.append((f"x-ratelimit-reset-{label}", repr(params["reset_s"])))
        return refused

    return Effect(refuse=refuse)


def _context(params: Params) -> Effect:
    length, limit = params["length"], params["limit"]
    return Effect(refuse=lambda moment: errors.context_exceeded(length, limit, moment.knobs))


def _error_before_content(_params: Params) -> Effect:
    return Effect(damage=damage.error_at("start"), broken="eof")


def _error_after_content(params: Params) -> Effect:
    return Effect(damage=damage.error_at(params["where"]), broken="eof")


def _cut(params: Params) -> Effect:
    return Effect(damage=damage.end_at(params["where"], params["end"]), broken=params["end"])


def _tool_variant(params: Params) -> Effect:
    together = params["variant"] == "one_chunk"
    return Effect(
        change=changes.calls(changes.unchanged, count=params["count"]),
        knobs={
            "tool_args": "fragments" if params["variant"] == "fragments" else "whole",
            "guess.tool_calls_in_one_chunk": together,
        },
    )


def _joined_chunk(_params: Params) -> Effect:
    change = changes.thinks_and_says("First I think about it.", "Then I answer.")
    return Effect(change=change, knobs={"changeover": "joined"})


def _bad_arguments(params: Params) -> Effect:
    edits = {
        "invalid": changes.truncated_arguments,
        "nested": changes.nested_as_text,
        "empty": changes.with_arguments(""),
    }
    if params["variant"] not in edits:
        raise ValueError(f"variant is one of {', '.join(edits)}")
    return Effect(change=changes.calls(edits[params["variant"]]))


def _edge(params: Params) -> Effect:
    status = params["status"]

    def refuse(moment: Moment) -> Refused:
        return errors.too_large() if status == 413 else errors.server_error(status, moment.knobs)

    return Effect(refuse=refuse, at_edge=True)


def _strict(params: Params) -> Effect:
    missing = "Strict schemas must set 'additionalProperties: false' on every object"
    message = errors.MIXED_STRICT if params["variant"] == "mixed" else missing
    return Effect(refuse=lambda moment: errors.invalid(message, moment.knobs, param="tools"))


def _cb(name: str, summary: str, make: Callable[[Params], Effect], **rest: object) -> Scenario:
    times = rest.pop("times", 1)
    assert isinstance(times, int)
    return Scenario(name, summary, make, provider="cerebras", params=rest, times=times)


CEREBRAS_SCENARIOS = (
    _cb(
        "CB-01",
        "400: a property the assistant message may not have, from the second turn on",
        _assistant_property,
        property="reasoning_content",
    ),
    _cb("CB-02", "400: a body property that does not exist", _body_property, property="top_k"),
    _cb(
        "CB-03",
        "404: the model is gone",
        _refuse(lambda moment: errors.model_not_found(moment.request.model)),
        times=0,
    ),
    _cb(
        "CB-04",
        "429: request quota, with retry-after",
        _request_quota,
        retry_after=58,
        period="minute",
    ),
    _cb(
        "CB-05",
        "429: token quota, no retry-after, only the reset header",
        _token_quota,
        retry_after=None,
        reset_s=11.382729768753052,
        period="minute",
    ),
    _cb(
        "CB-06",
        "429 for ever: the request is larger than the bucket",
        _refuse(lambda m: errors.token_quota("minute", float("inf"), m.knobs, bucket="uncached")),
        times=0,
    ),
    _cb("CB-07", "429: queue full, once", _refuse(lambda _: errors.queue_exceeded())),
    _cb(
        "CB-08",
        "429: queue full, twenty times",
        _refuse(lambda _: errors.queue_exceeded()),
        times=20,
    ),
    _cb("CB-09", "400: context length exceeded", _context, length=140_000, limit=131_072),
    _cb("CB-10", "402: payment required", _refuse(lambda _: errors.payment_required()), times=0),
    _cb(
        "CB-11",
        "400: a flat error body whose text must stay readable",
        _refuse(lambda m: errors.invalid("The request could not be processed", m.knobs)),
    ),
    _cb("CB-12", "an error inside the stream before any content", _error_before_content),
    _cb("CB-13", "an error inside the stream after content", _error_after_content, where="text"),
    _cb(
        "CB-14",
        "the connection is reset (end=reset) or closed (end=eof) in the middle of the stream",
        _cut,
        where="text",
        end="reset",
    ),
    _cb(
        "CB-15",
        "reasoning only, finish length, no content",
        lambda _params: Effect(change=changes.thinks_only("length")),
    ),
    _cb(
        "CB-16",
        "parallel tool calls: variant whole, fragments or one_chunk",
        _tool_variant,
        variant="whole",
        count=2,
    ),
    _cb("CB-17", "a chunk with content and reasoning", _joined_chunk),
    _cb(
        "CB-18",
        "finish tool_calls without a tool call",
        lambda _params: Effect(
            change=lambda reply, request: changes.finishes("tool_calls")(
                changes.says("")(reply, request), request
            )
        ),
    ),
    _cb("CB-19", "tool arguments: invalid, nested or empty", _bad_arguments, variant="invalid"),
    _cb(
        "CB-20",
        "argument markup in the tool name",
        lambda _params: Effect(change=changes.calls(changes.markup_in_name)),
    ),
    _cb(
        "CB-21",
        "a reply in the wrong language",
        lambda params: Effect(change=changes.says(params["text"])),
        text=_CHINESE,
    ),
    _cb("CB-22", "an answer of the edge: 502 HTML, 413 without body", _edge, status=502),
    _cb(
        "CB-23",
        "silence before the first byte",
        lambda params: Effect(silence_s=params["silence_s"]),
        silence_s=60.0,
    ),
    _cb(
        "CB-24",
        "400: strict tools mixed, or additionalProperties missing",
        _strict,
        variant="mixed",
    ),
    _cb(
        "CB-25",
        "429: the reservation for max_completion_tokens does not fit the bucket",
        lambda params: Effect(knobs={"cerebras_tpm": params["bucket"]}),
        bucket=30_000,
        times=0,
    ),
)
