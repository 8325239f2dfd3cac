"""The smallest value that fits a JSON schema: what the auto-actor calls a forced tool with."""

from __future__ import annotations

from typing import Any, cast

_MAX_DEPTH = 6


def example_for(schema: object, *, depth: int = 0) -> Any:
    """Return a minimal value for a schema: required properties only, first choice of an enum.

    Args:
        schema: A JSON schema; anything that is not understood gives the text "example".
        depth: How deep the value lies; below a limit objects stay empty, so that a schema that
            contains itself ends.
    """
    if not isinstance(schema, dict):
        return "example"
    spec = cast("dict[str, Any]", schema)
    for key in ("const", "default"):
        if key in spec:
            return spec[key]
    for key in ("enum", "examples"):
        if isinstance(spec.get(key), list) and spec[key]:
            return spec[key][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(spec.get(key), list) and spec[key] and "properties" not in spec:
            return example_for(spec[key][0], depth=depth + 1)
    return _of_type(spec, depth)


def _of_type(spec: dict[str, Any], depth: int) -> Any:
    kind: object = spec.get("type")
    if isinstance(kind, list):
        kind = cast("list[object]", kind)[0] if kind else "string"
    match kind:
        case "object":
            return _object(spec, depth)
        case "array":
            count = int(spec.get("minItems", 0))
            return [example_for(spec.get("items"), depth=depth + 1) for _ in range(count)]
        case "integer" | "number":
            return spec.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return _object(spec, depth) if "properties" in spec else _string(spec)


def _object(spec: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth >= _MAX_DEPTH:
        return {}
    properties: dict[str, Any] = spec.get("properties") or {}
    required: list[str] = spec.get("required") or []
    return {name: example_for(properties.get(name), depth=depth + 1) for name in required}


def _string(spec: dict[str, Any]) -> str:
    return "example".ljust(int(spec.get("minLength", 0)), "e")
