"""Turns plain data into `Settings`, with every mistake explained in the settings' own words."""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from litellm_config.problems import KeyPath, Problem, did_you_mean, listed
from litellm_config.settings import Settings
from litellm_config.yaml_text import YamlSource

_MOST_ROUNDS = 4
"""Times that broken values are taken out before the rest is given up."""

_LONGEST_QUOTE = 60
"""Longest value that is repeated in a message, in characters."""

_LITELLM_SECTIONS = frozenset(
    {"model_list", "litellm_settings", "router_settings", "general_settings"}
)


@dataclass(frozen=True, slots=True)
class Validated:
    """Outcome of a validation.

    Attributes:
        draft: The settings; where there are problems, what is left without the broken values;
            None if nothing usable is left.
        problems: Every value that has a wrong shape, and every unknown or missing key.
    """

    draft: Settings | None
    problems: list[Problem]


def validate(data: Mapping[str, Any], source: YamlSource, broken: Iterable[KeyPath]) -> Validated:
    """Check the shape of settings.

    Args:
        data: The interpolated data of the file.
        source: The file, for lines.
        broken: Places whose value is known to be meaningless and already reported.

    Returns:
        A draft for the checks that follow, and the problems.
    """
    # a section whose lines are all commented out is null in YAML; it means the defaults
    rest: dict[str, Any] = {
        key: copy.deepcopy(value) for key, value in data.items() if value is not None
    }
    known_broken = set(broken)
    _take_out(rest, known_broken)
    problems: list[Problem] = []
    for round_number in range(_MOST_ROUNDS):
        try:
            return Validated(Settings.model_validate(rest), problems)
        except ValidationError as err:
            errors = err.errors(include_url=False, include_context=True)
        for error in errors:
            path = _path(error)
            # later rounds only see what the taking out of broken values has caused
            if round_number == 0 and not _inside(path, known_broken):
                problems.append(_explained(error, path, source))
        _take_out(rest, [_path(error) for error in errors if error["type"] != "missing"])
    return Validated(None, problems)


def _path(error: ErrorDetails) -> KeyPath:
    return tuple(part for part in error["loc"] if part != "[key]")


def _inside(path: KeyPath, places: set[KeyPath]) -> bool:
    return any(path[: len(place)] == place for place in places)


def _take_out(data: dict[str, Any], paths: Iterable[KeyPath]) -> None:
    """Remove the values at paths; items of a list from the back, so that indexes stay right."""
    for path in sorted(
        set(paths), key=lambda p: [(isinstance(x, str), x) for x in p], reverse=True
    ):
        holder: Any = data
        for part in path[:-1]:
            holder = holder[part] if _has(holder, part) else None
        if path and _has(holder, path[-1]):
            del holder[path[-1]]


def _has(holder: Any, part: str | int) -> bool:
    if isinstance(holder, dict):
        return part in cast("dict[str | int, Any]", holder)
    return (
        isinstance(holder, list) and isinstance(part, int) and part < len(cast("list[Any]", holder))
    )


def _explained(error: ErrorDetails, path: KeyPath, source: YamlSource) -> Problem:
    kind = error["type"]
    if kind == "extra_forbidden":
        return source.problem(path, _unknown_key(path))
    if kind == "missing":
        return source.problem(path, "is missing")
    if kind == "literal_error":
        return source.problem(path, _wrong_choice(error, path))
    explain = _MESSAGES.get(kind)
    if explain is not None:
        return source.problem(path, explain(error) + _but_got(error, path))
    message = error["msg"]
    return source.problem(path, message[:1].lower() + message[1:])


def _bound(words: str, key: str) -> Callable[[ErrorDetails], str]:
    return lambda error: f"must be {words} {error.get('ctx', {}).get(key):g}"


def _says(text: str) -> Callable[[ErrorDetails], str]:
    return lambda _: text


_NUMBER = _says("must be a number")
_WHOLE = _says("must be a whole number")
_MAPPING = _says("must be a mapping of `key: value` lines")
_LIST = _says("must be a list, such as `[a, b]`")
_FULL = _says("must not be empty")
_MESSAGES: Mapping[str, Callable[[ErrorDetails], str]] = {
    "string_type": _says("must be text"),
    "string_too_short": _FULL,
    "too_short": _FULL,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _says("must be true or false"),
    "bool_parsing": _says("must be true or false"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "tuple_type": _LIST,
    "greater_than": _bound("greater than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
}


def _but_got(error: ErrorDetails, path: KeyPath) -> str:
    quoted = _quoted(error["input"], path)
    return f", not {quoted}" if quoted else ""


def _quoted(value: Any, path: KeyPath) -> str:
    """Return a short value in backticks; nothing where it could be a key."""
    if path[0] == "litellm" or "keys" in path or not isinstance(value, str | int | float):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text and len(text) <= _LONGEST_QUOTE and text.isprintable() else ""


def _wrong_choice(error: ErrorDetails, path: KeyPath) -> str:
    expected = str(error.get("ctx", {}).get("expected", ""))
    choices = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
    quoted = _quoted(error["input"], path) or "this"
    hint = did_you_mean(str(error["input"]), choices)
    return f"{quoted} is not one of {listed(choices)}{hint}"


def _unknown_key(path: KeyPath) -> str:
    word = str(path[-1])
    if len(path) == 1 and word in _LITELLM_SECTIONS:
        return "this is LiteLLM's; it belongs below `litellm:`"
    known = _known_keys(path[:-1])
    return f"unknown key{did_you_mean(word, known) or f', known are {listed(known)}'}"


def _known_keys(path: KeyPath) -> list[str]:
    """Return the keys that the schema knows at a place."""
    schema: dict[str, Any] = Settings.model_json_schema()
    part = schema
    for name in path:
        part = _resolved(schema, part)
        inner: Any = part.get("properties", {}).get(name) or part.get("additionalProperties")
        part = cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
    return list(_resolved(schema, part).get("properties", {}))


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    options: list[dict[str, Any]] = part.get("anyOf") or [part]
    part = next((option for option in options if "$ref" in option), part)
    reference = part.get("$ref")
    return schema["$defs"][str(reference).rpartition("/")[2]] if reference else part
