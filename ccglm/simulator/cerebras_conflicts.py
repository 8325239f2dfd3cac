"""Cerebras' second check of a body: values that exist but do not go together or with the model.

Conflicts are confirmed by documentation or issue threads (2025-12 to 2026-10) except where a guess
switch decides; most texts are guesses, only the one about mixed `strict` is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ccglm.simulator.cerebras_errors import MIXED_STRICT
from ccglm.simulator.conversation import as_object, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccglm.simulator.cerebras_models import CerebrasModel
    from ccglm.simulator.knobs import Knobs

MAX_STOPS = 4
MAX_LOGIT_BIAS = 100
MAX_TEMPERATURE = 2


@dataclass(frozen=True)
class Case:
    """A body, the model it asks for and the rules in force."""

    body: Mapping[str, Any]
    model: CerebrasModel
    knobs: Knobs

    def object_at(self, key: str) -> dict[str, Any]:
        """Return the object under a key; empty when there is none."""
        return as_object(self.body.get(key))

    @property
    def functions(self) -> list[dict[str, Any]]:
        """The function definitions of the tools."""
        return [as_object(tool.get("function")) for tool in records(self.body.get("tools"))]


def find_conflict(body: Mapping[str, Any], model: CerebrasModel, knobs: Knobs) -> str | None:
    """Return the text of the first conflict, or None."""
    case = Case(body, model, knobs)
    return next(filter(None, (check(case) for check in _CHECKS)), None)


def _two_limits(case: Case) -> str | None:
    if (
        case.body.get("max_tokens") is not None
        and case.body.get("max_completion_tokens") is not None
    ):
        return "Only one of 'max_tokens' and 'max_completion_tokens' may be set"
    return None


def _ranges(case: Case) -> str | None:
    for key, low, high in (
        ("temperature", 0, MAX_TEMPERATURE),
        ("top_p", 0, 1),
        ("n", 1, 1),
        ("max_tokens", 1, float("inf")),
        ("max_completion_tokens", 1, float("inf")),
    ):
        value = case.body.get(key)
        if value is not None and not low <= value <= high:
            return f"body.{key}: {value} is out of range"
    return None


def _counts(case: Case) -> str | None:
    stop = case.body.get("stop")
    if isinstance(stop, list) and len(cast("list[object]", stop)) > MAX_STOPS:
        return f"body.stop: at most {MAX_STOPS} stop sequences are allowed"
    if len(case.object_at("logit_bias")) > MAX_LOGIT_BIAS:
        return f"body.logit_bias: at most {MAX_LOGIT_BIAS} entries are allowed"
    return None


def _effort(case: Case) -> str | None:
    effort = case.body.get("reasoning_effort")
    if effort is None or effort in case.model.efforts:
        return None
    allowed = ", ".join(case.model.efforts)
    return f"body.reasoning_effort: '{effort}' is not supported by {case.model.id}, use one of {allowed}"


def _format_with_tools(case: Case) -> str | None:
    kind = case.object_at("response_format").get("type", "text")
    if case.body.get("tools") and kind != "text" and case.knobs.guess.tools_plus_format == "reject":
        return "'tools' and 'response_format' cannot be used together"
    return None


def _strict_tools(case: Case) -> str | None:
    functions = case.functions
    strict = [bool(function.get("strict")) for function in functions]
    if any(strict) and not all(strict):
        return MIXED_STRICT
    schemas = [function.get("parameters") for function in functions] if any(strict) else []
    response_schema = as_object(case.object_at("response_format").get("json_schema"))
    if response_schema.get("strict"):
        schemas.append(response_schema.get("schema"))
    return next(filter(None, (_strict_schema(schema, case.model) for schema in schemas)), None)


def _strict_schema(schema: object, model: CerebrasModel) -> str | None:
    """Return what a strict schema lacks, at any depth."""
    if isinstance(schema, list):
        found = (_strict_schema(item, model) for item in cast("list[object]", schema))
        return next(filter(None, found), None)
    if not isinstance(schema, dict):
        return None
    spec = cast("dict[str, Any]", schema)
    if spec.get("type") == "object" and spec.get("additionalProperties") is not False:
        return "Strict schemas must set 'additionalProperties: false' on every object"
    if model.id.startswith("qwen"):
        for keyword in ("pattern", "minLength", "maxLength"):
            if isinstance(spec.get(keyword), str | int):
                return f"Schema keyword '{keyword}' is not supported in strict mode"
    return next(filter(None, (_strict_schema(value, model) for value in spec.values())), None)


def _tool_choice(case: Case) -> str | None:
    choice = case.body.get("tool_choice")
    if choice is None or choice in ("none", "auto", "required"):
        return None
    if isinstance(choice, dict) and cast("dict[str, Any]", choice).get("type") == "function":
        return None
    return f"body.tool_choice: {choice!r} is unsupported"


def _roles(case: Case) -> str | None:
    for index, message in enumerate(records(case.body.get("messages"))):
        role = message.get("role")
        if role == "developer" and not case.model.developer_role:
            return f"messages.{index}: role 'developer' is unsupported by {case.model.id}"
        late_system = role == "system" and index > 0
        if late_system and case.knobs.guess.mid_system == "reject":
            return f"messages.{index}: a system message must come first"
    return None


def _images(case: Case) -> str | None:
    if case.model.vision or case.knobs.guess.image_on_text_model == "accept":
        return None
    for index, message in enumerate(records(case.body.get("messages"))):
        kinds = [part.get("type") for part in records(message.get("content"))]
        if "image_url" in kinds:
            return (
                f"messages.{index}.{message.get('role')}.content: {case.model.id} reads text only"
            )
    return None


def _tool_messages(case: Case) -> str | None:
    open_calls: set[object] = set()
    for index, message in enumerate(records(case.body.get("messages"))):
        role = message.get("role")
        if role == "tool":
            known = message.get("tool_call_id") in open_calls
            if not known and case.knobs.guess.orphan_tool_message == "reject":
                path = f"messages.{index}.tool.tool_call_id"
                return f"{path}: no tool call with this id in the assistant message before"
        else:
            open_calls = {call.get("id") for call in records(message.get("tool_calls"))}
    return None


_CHECKS = (
    _two_limits,
    _ranges,
    _counts,
    _effort,
    _format_with_tools,
    _strict_tools,
    _tool_choice,
    _roles,
    _images,
    _tool_messages,
)


def asks_to_think(body: Mapping[str, Any]) -> bool:
    """Return whether the answer starts with reasoning that is sent back.

    The reasoning models of Cerebras reason unless they are told not to (reasoning page, clipped 2026-10-01).
    """
    hidden = body.get("reasoning_format") in ("none", "hidden")
    return body.get("reasoning_effort") != "none" and not hidden
