"""What Z.ai refuses in a request body, on its OpenAI and Anthropic surfaces.

Unlike Cerebras it ignores properties it does not know. Rules from the vendor's parameter tables
and from issue threads (2025-09 to 2026-09); rules that rest on one report are guess switches.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, cast

from ccglm.simulator.conversation import records
from ccglm.simulator.zai_errors import ALWAYS_THINKS, refusal
from ccglm.simulator.zai_models import ZaiModel, find_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccglm.simulator.answer import Refused
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.request import ApiRequest

MAX_TOKENS = 131_072
MAX_TOOLS = 128
MAX_STOPS = 4
_MIN_TOP_P = 0.01
_USER_ID_CHARS = range(6, 129)
_EFFORTS = ("low", "high", "max")
_CALL_ID_STARTS = ("call_", "toolu_")


def validate(request: ApiRequest, knobs: Knobs) -> ZaiModel:
    """Return the model asked for.

    Raises:
        Refused: Unknown model (1211), illegal messages (1214), bad parameter (1210), too long (1261).
    """
    model = find_model(request.model, knobs)
    if model is None:
        raise refusal("1211", request, knobs)
    if not _messages_are_legal(request, knobs):
        raise refusal("1214", request, knobs)
    problem = _parameter_problem(request, knobs) or _thinking_problem(request, model, knobs)
    if problem is not None:
        raise problem
    if request.prompt.tokens > model.context_tokens:
        raise refusal("1261", request, knobs)
    return model


def _messages_are_legal(request: ApiRequest, knobs: Knobs) -> bool:
    body, guess = request.body, knobs.guess
    messages = list(records(body.get("messages")))
    roles = [message.get("role") for message in messages]
    if "user" not in roles:
        return False
    if guess.zai_empty_content == "reject" and any(_is_empty(message) for message in messages):
        return False
    doubled = any(a == b == "assistant" for a, b in itertools.pairwise(roles))
    if doubled and guess.zai_consecutive_assistants == "reject":
        return False
    system_list = any(
        message.get("role") == "system" and isinstance(message.get("content"), list)
        for message in messages
    )
    if system_list and guess.zai_system_array == "reject":
        return False
    system_role = request.surface == "zai_anthropic" and "system" in roles
    if system_role and guess.zai_system_role == "reject":
        return False
    if guess.zai_tool_ids == "reject" and not all(map(_is_usual_id, _call_ids(messages))):
        return False
    return guess.zai_empty_signature == "accept" or not any(map(_lacks_signature, messages))


def _is_empty(message: Mapping[str, Any]) -> bool:
    """Return whether content is there but empty; absent content with tool calls is fine."""
    content: object = message.get("content")
    if content is None:
        return not message.get("tool_calls")
    if content in ("", []):
        return not (message.get("tool_calls") and content == "")
    return any(part.get("type") == "text" and not part.get("text") for part in records(content))


def _call_ids(messages: list[dict[str, Any]]) -> Iterator[object]:
    for message in messages:
        for call in records(message.get("tool_calls")):
            yield call.get("id")
        for part in records(message.get("content")):
            if part.get("type") == "tool_use":
                yield part.get("id")


def _is_usual_id(call_id: object) -> bool:
    return isinstance(call_id, str) and call_id.startswith(_CALL_ID_STARTS)


def _lacks_signature(message: Mapping[str, Any]) -> bool:
    return any(
        part.get("type") == "thinking" and not part.get("signature")
        for part in records(message.get("content"))
    )


def _parameter_problem(request: ApiRequest, knobs: Knobs) -> Refused | None:
    body = request.body
    wrong = (
        _outside(body.get("temperature"), 0, 1),
        _outside(body.get("top_p"), _MIN_TOP_P, 1),
        _outside(body.get("max_tokens"), 1, MAX_TOKENS),
        _bad_stops(body.get("stop")) or _bad_stops(body.get("stop_sequences")),
        len(list(records(body.get("tools")))) > MAX_TOOLS,
        knobs.guess.zai_user_id == "reject" and _bad_user_id(body.get("user_id")),
        knobs.guess.zai_tool_choice == "reject" and _odd_choice(body.get("tool_choice")),
    )
    return refusal("1210", request, knobs) if any(wrong) else None


def _outside(value: object, low: float, high: float) -> bool:
    if value is None:
        return False
    return not (isinstance(value, int | float) and low <= value <= high)


def _bad_stops(stops: object) -> bool:
    if isinstance(stops, list):
        return len(cast("list[object]", stops)) > MAX_STOPS
    return not isinstance(stops, str | None)


def _bad_user_id(user_id: object) -> bool:
    return user_id is not None and len(str(user_id)) not in _USER_ID_CHARS


def _odd_choice(choice: object) -> bool:
    if isinstance(choice, dict):
        return cast("dict[str, Any]", choice).get("type") != "auto"
    return choice not in (None, "auto")


def thinking_type(body: Mapping[str, Any]) -> str | None:
    """Return `thinking.type`, or None when the request does not say."""
    thinking = body.get("thinking")
    kind = cast("dict[str, Any]", thinking).get("type") if isinstance(thinking, dict) else None
    return kind if isinstance(kind, str) else None


def _effort_of(body: Mapping[str, Any]) -> str | None:
    output = body.get("output_config")
    nested = cast("dict[str, Any]", output).get("effort") if isinstance(output, dict) else None
    effort = body.get("reasoning_effort") or nested
    return effort if isinstance(effort, str) else None


def _thinking_problem(request: ApiRequest, model: ZaiModel, knobs: Knobs) -> Refused | None:
    """Only glm-5.3 is choosy: it always thinks and takes three efforts."""
    if not model.always_thinks:
        return None
    disabled = thinking_type(request.body) == "disabled"
    if disabled and request.surface == "zai_openai":
        return refusal("1210", request, knobs, message=ALWAYS_THINKS)
    effort = _effort_of(request.body)
    odd = effort is not None and effort not in _EFFORTS
    # The Anthropic surface takes Claude Code's own efforts; only the OpenAI ones were reported.
    if odd and request.surface != "zai_anthropic" and knobs.guess.zai_odd_effort == "reject":
        return refusal("1210", request, knobs, message=ALWAYS_THINKS)
    return None


def asks_to_think(request: ApiRequest, model: ZaiModel, knobs: Knobs) -> bool:
    """Return whether this reply starts with thinking."""
    if not model.reasons:
        return False
    kind = thinking_type(request.body)
    if kind == "disabled":
        honoured = not model.always_thinks or (knobs.guess.zai_coding_disabled_thinking == "honour")
        return not honoured
    return kind is not None or model.always_thinks or _effort_of(request.body) is not None
