from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.schema import clean_schema

EVERYTHING = frozenset(
    {"$schema", "$ref", "$defs", "const", "allOf", "anyOf", "oneOf", "pattern", "format"}
)


def clean(schema: dict[str, Any], *refused: str) -> dict[str, Any]:
    return clean_schema(schema, frozenset(refused))


def test_without_refused_keywords_a_schema_stays() -> None:
    schema = {"$schema": "x", "type": "object", "properties": {"a": {"pattern": "b"}}}
    assert clean(schema) == schema


def test_an_empty_schema_is_an_object() -> None:
    assert clean({}) == clean({}, "pattern") == {"type": "object", "properties": {}}
    assert clean({"properties": {"a": {}}}) == {"type": "object", "properties": {"a": {}}}


def test_keywords_go_and_properties_of_the_same_name_stay() -> None:
    schema = {
        "type": "object",
        "properties": {"pattern": {"type": "string", "pattern": "^a"}, "$ref": {"type": "string"}},
        "required": ["pattern", "$ref"],
        "pattern": "x",
    }
    assert clean(schema, "pattern", "$ref") == {
        "type": "object",
        "properties": {"pattern": {"type": "string"}, "$ref": {"type": "string"}},
        "required": ["pattern", "$ref"],
    }


def test_values_that_are_data_are_never_cleaned() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"enum": [{"pattern": 1}], "default": {"pattern": 2}}},
    }
    assert clean(schema, "pattern")["properties"] == schema["properties"]


def test_all_of_is_merged_with_its_requirements() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {}},
        "required": ["a"],
        "allOf": [{"properties": {"b": {}}, "required": ["b", "a"]}, {"minProperties": 2}],
    }
    assert clean(schema, "allOf") == {
        "type": "object",
        "properties": {"b": {}, "a": {}},
        "required": ["a", "b"],
        "minProperties": 2,
    }


def test_alternatives_leave_what_all_of_them_require() -> None:
    schema = {
        "type": "object",
        "required": ["z"],
        "anyOf": [
            {"properties": {"a": {}, "z": {}}, "required": ["a"]},
            {"properties": {"b": {}}, "required": ["a", "b"]},
        ],
    }
    cleaned = clean(schema, "anyOf")
    assert set(cleaned["properties"]) == {"a", "b", "z"}
    assert cleaned["required"] == ["z", "a"]


def test_alternatives_that_are_taken_are_cleaned_inside() -> None:
    schema = {
        "properties": {"a": {"anyOf": [{"type": "string", "pattern": "x"}, {"type": "null"}]}}
    }
    assert clean(schema, "pattern")["properties"] == {
        "a": {"anyOf": [{"type": "string"}, {"type": "null"}]}
    }


def test_alternatives_of_different_types_leave_no_type() -> None:
    schema = {"properties": {"a": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}
    assert clean(schema, "oneOf")["properties"] == {"a": {}}


def test_references_are_put_in_place() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A", "description": "d"}, "b": {"$ref": "elsewhere"}},
        "$defs": {"A": {"type": "string", "pattern": "x"}},
    }
    assert clean(schema, "$ref", "$defs", "pattern")["properties"] == {
        "a": {"type": "string", "description": "d"},
        "b": {},
    }


def test_a_reference_to_itself_ends() -> None:
    schema = {
        "type": "object",
        "properties": {"child": {"$ref": "#/$defs/Node"}},
        "$defs": {"Node": {"type": "object", "properties": {"child": {"$ref": "#/$defs/Node"}}}},
    }
    assert clean(schema, "$ref", "$defs")["properties"]["child"]["type"] == "object"


def test_const_becomes_an_enum() -> None:
    assert clean({"properties": {"a": {"const": 1}}}, "const")["properties"] == {"a": {"enum": [1]}}


def test_a_broken_required_is_dropped() -> None:
    assert "required" not in clean({"type": "object", "required": True})


NAMES = st.sampled_from(["a", "pattern", "$ref", "allOf"])
SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.sampled_from([{}, {"type": "string", "pattern": "x"}, {"const": 1}, {"$ref": "#/$defs/A"}]),
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=3)},
        optional={
            "allOf": st.lists(inner, max_size=2),
            "anyOf": st.lists(inner, max_size=2),
            "$defs": st.dictionaries(NAMES, inner, max_size=1),
        },
    ),
    max_leaves=8,
)


@given(SCHEMAS, st.data())
def test_no_requirement_is_lost_and_no_refused_keyword_is_left(
    schema: dict[str, Any], draw: st.DataObject
) -> None:
    properties = list(schema.get("properties", {}))
    required = draw.draw(st.lists(st.sampled_from(properties or ["a"]), unique=True, max_size=2))
    cleaned = clean_schema({**schema, "required": required}, EVERYTHING)
    assert set(required) <= set(cleaned.get("required", []))
    assert set(properties) <= set(cleaned["properties"])
    assert _keywords(cleaned).isdisjoint(EVERYTHING)


def _keywords(schema: dict[str, Any]) -> set[str]:
    found = set(schema)
    for inner in schema.get("properties", {}).values():
        found |= _keywords(inner)
    return found


@pytest.mark.parametrize("depth", [40, 200])
def test_endless_nesting_ends(depth: int) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    assert clean({"properties": {"a": schema}}, "pattern")["properties"]["a"]["type"] == "array"
