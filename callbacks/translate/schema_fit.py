"""Making a value fit a JSON schema where a model only wrote it differently, without judging it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import (
    as_array,
    as_object,
    as_text,
    is_array,
    is_object,
    objects_of,
    read_json,
    type_name,
)

# Deeper schemas than this refer to themselves.
_MAX_DEPTH = 32

Schema = Mapping[str, Any]


def fit(value: Any, schema: Schema) -> Any:
    """Return the value as the schema wants it.

    Two things are put right, at any depth: an object or array written as a string although the schema takes no
    string there (anthropics/claude-code#16018), and an explicit null for an optional property that cannot be null.
    """
    return _fit(value, schema, schema, 0)


def has_required(schema: Schema, value: Mapping[str, Any]) -> bool:
    """Tell whether the object has every required property of the schema."""
    return all(name in value for name in as_array(schema.get("required")))


def property_schema(schema: Schema, name: str) -> Schema:
    """Return the schema of a property, empty when there is none."""
    return _resolve(as_object(as_object(schema.get("properties")).get(name)), schema)


def takes_text(schema: Schema) -> bool:
    """Tell whether a string is a fine value for the (resolved) schema, as far as the schema says."""
    types = _types_of(schema, schema, 0)
    return not types or "string" in types


def _fit(value: Any, schema: Schema, root: Schema, depth: int) -> Any:
    schema = _resolve(schema, root)
    if depth > _MAX_DEPTH or not schema:
        return value
    if isinstance(value, str):
        read = _reread(value, _types_of(schema, root, depth))
        if isinstance(read, str):
            return read
        value = read
    schema = _branch_for(value, schema, root)
    if is_object(value):
        return _fit_object(value, schema, root, depth)
    if is_array(value):
        items = as_object(schema.get("items"))
        return [_fit(item, items, root, depth + 1) for item in value]
    return value


def _reread(text: str, types: set[str]) -> Any:
    """Return the object or array that a string holds, if the schema wants one and no string."""
    wanted = types & {"object", "array"}
    if not wanted or "string" in types or not text.strip().startswith(("{", "[")):
        return text
    try:
        read = read_json(text)
    except ValueError:
        return text
    return read if type_name(read) in wanted else text


def _fit_object(value: dict[str, Any], schema: Schema, root: Schema, depth: int) -> dict[str, Any]:
    properties = as_object(schema.get("properties"))
    required = as_array(schema.get("required"))
    fitted: dict[str, Any] = {}
    for name, item in value.items():
        wanted = as_object(properties.get(name))
        if item is None and name not in required and wanted:
            types = _types_of(_resolve(wanted, root), root, depth)
            if types and "null" not in types:
                continue
        fitted[name] = _fit(item, wanted, root, depth + 1)
    return fitted


def _branch_for(value: Any, schema: Schema, root: Schema) -> Schema:
    """Return the one alternative of the schema that is about such a value, else the schema."""
    branches = objects_of(schema.get("anyOf")) + objects_of(schema.get("oneOf"))
    name = type_name(value)
    if not branches or name not in ("object", "array"):
        return schema
    resolved = [_resolve(branch, root) for branch in branches]
    fitting = [branch for branch in resolved if name in _types_of(branch, root, 0)]
    return fitting[0] if len(fitting) == 1 else schema


def _types_of(schema: Schema, root: Schema, depth: int) -> set[str]:
    """Return the JSON type names that the schema speaks of; empty for any."""
    named = schema.get("type")
    types = {as_text(named)} if isinstance(named, str) else {as_text(n) for n in as_array(named)}
    if not types and "properties" in schema:
        types = {"object"}
    if not types and "items" in schema:
        types = {"array"}
    if not types and as_array(schema.get("enum")):
        types = {type_name(item) for item in as_array(schema.get("enum"))}
    if types or depth > _MAX_DEPTH:
        return types
    for branch in objects_of(schema.get("anyOf")) + objects_of(schema.get("oneOf")):
        inner = _types_of(_resolve(branch, root), root, depth + 1)
        if not inner:
            return set()
        types |= inner
    return types


def _resolve(schema: Schema, root: Schema) -> Schema:
    """Follow `$ref` within the same document; a reference elsewhere gives an empty schema."""
    for _ in range(_MAX_DEPTH):
        if not isinstance(reference := schema.get("$ref"), str):
            return schema
        if not reference.startswith("#/"):
            return {}
        target: Any = root
        for part in reference[2:].split("/"):
            target = as_object(target).get(part.replace("~1", "/").replace("~0", "~"))
        schema = as_object(target)
    return {}
