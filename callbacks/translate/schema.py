"""JSON schemas for providers that refuse some of the keywords: cleaned, and never looser about what is required."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import (
    JsonObject,
    as_array,
    as_object,
    is_array,
    is_object,
    objects_of,
)

# Keywords whose value maps names to schemas: the names are the tool's own and are never keywords.
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
# Keywords whose value is data, whatever it looks like.
_DATA = frozenset({"enum", "const", "default", "examples", "required"})
_MAX_DEPTH = 32


def clean_schema(schema: Mapping[str, Any], refused: frozenset[str]) -> JsonObject:
    """Return a tool's schema without the refused keywords.

    What a keyword says is kept in another form where there is one: `allOf` is merged into its parent, `$ref` is put
    in place, `const` becomes a one-value `enum`, and alternatives that are refused leave the properties of all of
    them with those required that all require. Property names are never touched.

    Args:
        schema: The schema as the client sent it; not changed.
        refused: Keywords to be rid of.
    """
    cleaned = as_object(_clean(schema, refused, schema, 0)) if refused else dict(schema)
    if "type" not in cleaned:
        cleaned = {"type": "object", **cleaned}
    cleaned.setdefault("properties", {})
    if "required" in cleaned and not is_array(cleaned["required"]):
        del cleaned["required"]
    return cleaned


def _clean(value: Any, refused: frozenset[str], root: Mapping[str, Any], depth: int) -> Any:
    if is_array(value):
        return [_clean(item, refused, root, depth) for item in value]
    if not is_object(value):
        return value
    if depth > _MAX_DEPTH:
        return {}
    schema = _flattened(value, refused, root, depth)
    kept: JsonObject = {}
    for key, item in schema.items():
        if key in refused:
            continue
        if key in _DATA:
            kept[key] = item
        elif key in _NAMED:
            named = as_object(item)
            kept[key] = {
                name: _clean(inner, refused, root, depth + 1) for name, inner in named.items()
            }
        else:
            kept[key] = _clean(item, refused, root, depth + 1)
    return kept


def _flattened(
    schema: JsonObject, refused: frozenset[str], root: Mapping[str, Any], depth: int
) -> JsonObject:
    """Return the schema with the meaning of its refused keywords moved into others."""
    if "$ref" in refused and isinstance(schema.get("$ref"), str):
        target = _target(schema["$ref"], root) if depth < _MAX_DEPTH else {}
        schema = {**target, **{key: item for key, item in schema.items() if key != "$ref"}}
    if "const" in refused and "const" in schema:
        schema = {**schema, "enum": schema.get("enum", [schema["const"]])}
    if "allOf" in refused:
        for part in objects_of(schema.get("allOf")):
            schema = _merged(schema, _flattened(part, refused, root, depth + 1), every=True)
    for keyword in ("anyOf", "oneOf"):
        branches = objects_of(schema.get(keyword))
        if keyword in refused and branches:
            flat = [_flattened(branch, refused, root, depth + 1) for branch in branches]
            schema = _merged(schema, _common(flat), every=True)
    return schema


def _common(branches: list[JsonObject]) -> JsonObject:
    """Return what holds for each of several alternatives."""
    common = branches[0]
    for branch in branches[1:]:
        common = _merged(common, branch, every=False)
    types = {repr(branch.get("type")) for branch in branches}
    if len(types) > 1:
        common.pop("type", None)
    return common


def _merged(first: JsonObject, second: JsonObject, *, every: bool) -> JsonObject:
    """Return two schemas as one; with `every` both hold, else either may."""
    merged = {**second, **first}
    properties = {**as_object(second.get("properties")), **as_object(first.get("properties"))}
    if properties:
        merged["properties"] = properties
    mine, other = as_array(first.get("required")), as_array(second.get("required"))
    required = (
        mine + [name for name in other if name not in mine]
        if every
        else [name for name in mine if name in other]
    )
    merged.pop("required", None)
    if required:
        merged["required"] = required
    return merged


def _target(reference: str, root: Mapping[str, Any]) -> JsonObject:
    value: Any = root
    for part in reference.removeprefix("#/").split("/"):
        value = as_object(value).get(part.replace("~1", "/").replace("~0", "~"))
    return as_object(value)
