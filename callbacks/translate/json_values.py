"""Reading JSON that nobody has checked: each reader gives the wanted type or its empty value, never an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

import orjson

JsonObject = dict[str, Any]

_INTEGER_LIMIT = 2**63
_FLOAT_LIMIT = 10**300
_TYPE_NAMES = (
    (str, "string"),
    (bool, "boolean"),
    (int | float, "number"),
    (dict, "object"),
    (list, "array"),
)


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Tell whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Tell whether the value is a JSON array."""
    return isinstance(value, list)


def type_name(value: object) -> str:
    """Return the JSON schema name of the value's type; `number` also for integers."""
    for kind, name in _TYPE_NAMES:
        if isinstance(value, kind):
            return name
    return "null"


def as_object(value: object) -> JsonObject:
    """Return the value if it is a JSON object, else an empty one."""
    return value if is_object(value) else {}


def as_array(value: object) -> list[Any]:
    """Return the value if it is a JSON array, else an empty one."""
    return value if is_array(value) else []


def as_text(value: object) -> str:
    """Return the value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int:
    """Return the value if it is a number of zero or more, cut to an integer, else 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return 0
    return int(value) if value < float("inf") else 0


def objects_of(value: object) -> list[JsonObject]:
    """Return the JSON objects of an array; other entries are left out."""
    return [item for item in as_array(value) if is_object(item)]


def read_json(text: str | bytes) -> Any:
    """Parse JSON, also with halves of surrogate pairs and raw control characters inside strings.

    Raises:
        ValueError: The text is not JSON even so.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text, strict=False, parse_constant=_no_constant)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def write_json(value: object) -> str:
    """Return compact JSON text; what JSON cannot hold is made sound first."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return orjson.dumps(sound(value)).decode()


def sound(value: Any) -> Any:
    """Return the value so that it can be written as JSON.

    Clients cut texts in the middle of a character: halves of one character are joined, lone ones become the
    replacement character. Integers of more than 64 bits become floats, as they are for clients in JavaScript.
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, int) and not -_INTEGER_LIMIT <= value < 2 * _INTEGER_LIMIT:
        return float(value) if abs(value) < _FLOAT_LIMIT else None
    if is_object(value):
        return {sound(key): sound(item) for key, item in value.items()}
    if is_array(value):
        return [sound(item) for item in value]
    return value


def sound_object(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object if it can be written as JSON as it is, else a sound copy."""
    try:
        orjson.dumps(value)
    except TypeError:
        return as_object(sound(dict(value)))
    return value
