"""Cerebras' first check of a body: properties that do not exist and values of the wrong type.

All problems are found, not just the first; the answer joins them with newlines. The property lists
are those of the vendor SDK's request types (cerebras-cloud-sdk 1.91, 2026); the text for unknown
properties is confirmed by issue threads of July to September 2026, other texts follow its pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ccglm.simulator.conversation import records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccglm.simulator.knobs import Knobs

_STRING, _BOOLEAN, _INTEGER, _NUMBER, _LIST, _OBJECT, _ANY = (
    "a string",
    "a boolean",
    "an integer",
    "a number",
    "a list",
    "an object",
    "",
)

BODY_PROPERTIES: dict[str, str] = {
    "messages": _LIST,
    "model": _STRING,
    "clear_thinking": _BOOLEAN,
    "disable_reasoning": _BOOLEAN,
    "frequency_penalty": _NUMBER,
    "presence_penalty": _NUMBER,
    "logit_bias": _OBJECT,
    "logprobs": _BOOLEAN,
    "top_logprobs": _INTEGER,
    "max_completion_tokens": _INTEGER,
    "max_tokens": _INTEGER,
    "min_completion_tokens": _INTEGER,
    "min_tokens": _INTEGER,
    "model_parameters": _OBJECT,
    "n": _INTEGER,
    "parallel_tool_calls": _BOOLEAN,
    "prediction": _OBJECT,
    "prompt_cache_key": _STRING,
    "reasoning_effort": _STRING,
    "reasoning_format": _STRING,
    "response_format": _OBJECT,
    "seed": _INTEGER,
    "service_tier": _STRING,
    "stop": _ANY,
    "stream": _BOOLEAN,
    "stream_options": _OBJECT,
    "temperature": _NUMBER,
    "top_p": _NUMBER,
    "tool_choice": _ANY,
    "tools": _LIST,
    "user": _STRING,
}

MESSAGE_PROPERTIES: dict[str, tuple[set[str], set[str]]] = {
    "system": ({"content"}, {"name"}),
    "developer": ({"content"}, {"name"}),
    "user": ({"content"}, {"name"}),
    "assistant": (set(), {"content", "name", "reasoning", "tool_calls"}),
    "tool": ({"content", "tool_call_id"}, {"name"}),
}
"""Required and optional properties of a message by role, `role` itself aside."""

_PART_PROPERTIES = {"text": {"type", "text"}, "image_url": {"type", "image_url"}}
_TOOL_PROPERTIES = {"type", "function"}
_FUNCTION_PROPERTIES = {"name", "description", "parameters", "strict"}
_CALL_PROPERTIES = {"id", "type", "function"}
_CALL_FUNCTION_PROPERTIES = {"name", "arguments"}


def find_property_problems(body: Mapping[str, Any], knobs: Knobs) -> list[str]:
    """Return one line per unknown property or wrongly typed value, in the order of the body."""
    return [
        *_body_problems(body, knobs),
        *(
            problem
            for index, message in enumerate(records(body.get("messages")))
            for problem in _message_problems(index, message, knobs)
        ),
        *(
            problem
            for index, tool in enumerate(records(body.get("tools")))
            for problem in _tool_problems(index, tool, knobs)
        ),
    ]


def _unsupported(path: str) -> str:
    return f"{path}: property '{path}' is unsupported"


def _unknown_keys(path: str, value: Mapping[str, Any], allowed: set[str]) -> Iterator[str]:
    return (_unsupported(f"{path}.{key}") for key in value if key not in allowed)


def _body_problems(body: Mapping[str, Any], knobs: Knobs) -> Iterator[str]:
    for key, value in body.items():
        path = f"body.{key}"
        retired = key == "disable_reasoning" and knobs.guess.disable_reasoning == "reject"
        if key not in BODY_PROPERTIES or retired:
            yield _unsupported(path)
        elif value is not None and not _is(BODY_PROPERTIES[key], value):
            yield f"{path}: value must be {BODY_PROPERTIES[key]}"
    for key in ("messages", "model"):
        if body.get(key) is None:
            yield f"body.{key}: field is required"
    if body.get("messages") == []:
        yield "body.messages: at least one message is required"


def _is(kind: str, value: object) -> bool:
    if kind == _ANY:
        return True
    types: dict[str, type | tuple[type, ...]] = {
        _STRING: str,
        _BOOLEAN: bool,
        _INTEGER: int,
        _NUMBER: (int, float),
        _LIST: list,
        _OBJECT: dict,
    }
    if isinstance(value, bool) and kind != _BOOLEAN:
        return False
    return isinstance(value, types[kind])


def _message_problems(index: int, message: Mapping[str, Any], knobs: Knobs) -> Iterator[str]:
    role = message.get("role")
    if role not in MESSAGE_PROPERTIES:
        yield f"messages.{index}: role {role!r} is unsupported"
        return
    path = f"messages.{index}.{role}"
    required, optional = MESSAGE_PROPERTIES[role]
    yield from _unknown_keys(path, message, required | optional | {"role"})
    for key in sorted(required):
        if message.get(key) is None:
            yield f"{path}.{key}: field is required"
    yield from _content_problems(path, role, message.get("content"), knobs)
    for position, call in enumerate(records(message.get("tool_calls"))):
        yield from _call_problems(f"{path}.tool_calls.{position}", call)


def _content_problems(path: str, role: str, content: object, knobs: Knobs) -> Iterator[str]:
    path = f"{path}.content"
    if content is None:
        return
    if not isinstance(content, str | list):
        yield f"{path}: value must be a string or a list"
        return
    if not content and role != "assistant" and knobs.guess.empty_content == "reject":
        yield f"{path}: content must not be empty"
    if isinstance(content, str):
        return
    if role == "system" and knobs.guess.system_array == "reject":
        yield f"{path}: value must be a string"
        return
    for position, part in enumerate(records(cast("object", content))):
        yield from _part_problems(f"{path}.{position}", role, part, knobs)


def _part_problems(path: str, role: str, part: Mapping[str, Any], knobs: Knobs) -> Iterator[str]:
    kind = part.get("type")
    if kind not in _PART_PROPERTIES or (kind == "image_url" and role != "user"):
        yield f"{path}: content type {kind!r} is unsupported"
        return
    yield from _unknown_keys(f"{path}.{kind}", part, _PART_PROPERTIES[kind] | _ignored(knobs))
    image: object = part.get("image_url")
    if kind == "image_url" and not _is_base64_image(image):
        yield f"{path}.image_url: only base64 encoded images are supported"


def _is_base64_image(image: object) -> bool:
    if not isinstance(image, dict):
        return False
    url = cast("dict[str, Any]", image).get("url")
    return isinstance(url, str) and url.startswith("data:image/") and ";base64," in url


def _ignored(knobs: Knobs) -> set[str]:
    return set() if knobs.guess.cache_control_part == "reject" else {"cache_control"}


def _call_problems(path: str, call: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown_keys(path, call, _CALL_PROPERTIES)
    function = call.get("function")
    if not isinstance(function, dict):
        yield f"{path}.function: field is required"
        return
    spec = cast("dict[str, Any]", function)
    yield from _unknown_keys(f"{path}.function", spec, _CALL_FUNCTION_PROPERTIES)
    for key in ("name", "arguments"):
        if not isinstance(spec.get(key), str):
            yield f"{path}.function.{key}: value must be a string"
    if not isinstance(call.get("id"), str):
        yield f"{path}.id: value must be a string"


def _tool_problems(index: int, tool: Mapping[str, Any], knobs: Knobs) -> Iterator[str]:
    path = f"tools.{index}"
    if tool.get("type") != "function":
        yield f"{path}.type: tool type {tool.get('type')!r} is unsupported"
        return
    yield from _unknown_keys(path, tool, _TOOL_PROPERTIES | _ignored(knobs))
    function = tool.get("function")
    if not isinstance(function, dict):
        yield f"{path}.function: field is required"
        return
    spec = cast("dict[str, Any]", function)
    yield from _unknown_keys(f"{path}.function", spec, _FUNCTION_PROPERTIES)
    if not isinstance(spec.get("name"), str) or not spec.get("name"):
        yield f"{path}.function.name: value must be a string"
