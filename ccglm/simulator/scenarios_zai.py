"""Faults of Z.ai, ZA-01 to ZA-17, each from documentation, a capture or an issue thread."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ccglm.simulator import changes, damage
from ccglm.simulator.conversation import records
from ccglm.simulator.effects import Effect
from ccglm.simulator.scenario import Params, Scenario
from ccglm.simulator.zai_errors import ALWAYS_THINKS, TEXTS, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.simulator.answer import Refused
    from ccglm.simulator.effects import Moment
    from ccglm.simulator.request import ApiRequest

_FIVE_HOURS_S = 5 * 3_600.0
_AGENT_SDK = "You are a Claude agent, built on Anthropic's Claude Agent SDK."


def _code(params: Params) -> Effect:
    """Refuse with a code; the limit ends `reset_in_s` from now, whole seconds."""
    code, reset_in_s = str(params["code"]), params.get("reset_in_s")
    if code not in TEXTS:
        raise ValueError(f"code is one of {', '.join(TEXTS)}")
    message = str(params.get("message", ""))

    def refuse(moment: Moment) -> Refused:
        reset_at = None if reset_in_s is None else moment.now + timedelta(seconds=reset_in_s)
        return refusal(
            code, moment.request, moment.knobs, message=message, reset_at=reset_at, now=moment.now
        )

    return Effect(refuse=refuse)


def _finish(reason: str) -> Callable[[Params], Effect]:
    return lambda _params: Effect(change=changes.finishes(reason))


def _agent_preamble(params: Params) -> Effect:
    opening = params["opening"]

    def refuse(moment: Moment) -> Refused:
        return refusal("1305", moment.request, moment.knobs, now=moment.now)

    return Effect(
        refuse=refuse,
        when=lambda request: request.conversation.system_text.lstrip().startswith(opening),
    )


def _has_foreign_signature(request: ApiRequest) -> bool:
    return any(
        part.get("type") == "thinking" and part.get("signature")
        for message in records(request.body.get("messages"))
        for part in records(message.get("content"))
    )


def _foreign_signature(_params: Params) -> Effect:
    def refuse(moment: Moment) -> Refused:
        message = "Invalid `signature` in `thinking` block"
        return refusal("1210", moment.request, moment.knobs, message=message, now=moment.now)

    return Effect(refuse=refuse, when=_has_foreign_signature)


def _za(name: str, summary: str, make: Callable[[Params], Effect], **rest: object) -> Scenario:
    times, seconds = rest.pop("times", 1), rest.pop("seconds", None)
    assert isinstance(times, int)
    assert seconds is None or isinstance(seconds, float)
    return Scenario(name, summary, make, provider="zai", params=rest, times=times, seconds=seconds)


ZAI_SCENARIOS = (
    _za("ZA-01", "1302: too many requests at once, answered immediately", _code, code="1302"),
    _za(
        "ZA-02",
        "1305 (429, or 529 on the Anthropic surface) for ninety seconds",
        _code,
        code="1305",
        times=0,
        seconds=90.0,
    ),
    _za(
        "ZA-03",
        "1308: five-hour quota used up, with a reset time in UTC+8",
        _code,
        code="1308",
        reset_in_s=_FIVE_HOURS_S,
        times=0,
    ),
    _za("ZA-04", "1113, 1309 or 1311: a 429 that no waiting cures", _code, code="1113", times=0),
    _za("ZA-05", "1261: prompt too long", _code, code="1261"),
    _za("ZA-06", "finish network_error after partial text", _finish("network_error")),
    _za(
        "ZA-07",
        "finish model_context_window_exceeded",
        _finish("model_context_window_exceeded"),
    ),
    _za("ZA-08", "finish sensitive", _finish("sensitive")),
    _za(
        "ZA-09",
        "a tool call without an id",
        lambda _params: Effect(change=changes.calls(changes.without_id)),
    ),
    _za(
        "ZA-10",
        "truncated JSON in a stream line",
        lambda _params: Effect(damage=damage.truncated_line),
    ),
    _za(
        "ZA-11",
        "thinking, then stop without text",
        lambda _params: Effect(change=changes.thinks_only("stop")),
    ),
    _za(
        "ZA-12",
        "a stream of nothing but its end mark",
        lambda _params: Effect(change=changes.says(""), damage=damage.only_done),
    ),
    _za("ZA-13", "1214: empty content or two assistants in a row", _code, code="1214"),
    _za(
        "ZA-14",
        "1210: thinking disabled, or an effort the model does not take",
        _code,
        code="1210",
        message=ALWAYS_THINKS,
    ),
    _za(
        "ZA-15",
        "1305 whenever the system prompt opens with the Agent SDK sentence",
        _agent_preamble,
        opening=_AGENT_SDK,
        times=0,
    ),
    _za("ZA-16", "1211: unknown model, as for `glm-5.3[1m]`", _code, code="1211"),
    _za(
        "ZA-17",
        "400 for thinking blocks with another vendor's signature",
        _foreign_signature,
        times=0,
    ),
)
