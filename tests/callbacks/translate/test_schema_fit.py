from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from callbacks.translate.schema_fit import fit, has_required, property_schema, takes_text
from tests.helpers.conversations import JSON

OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}}
LIST = {"type": "array", "items": OBJECT}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "given", "fitted"),
    [
        (of(o=OBJECT), {"o": '{"a":1}'}, {"o": {"a": 1}}),
        (of(o=OBJECT), {"o": ' {"a": 1} '}, {"o": {"a": 1}}),
        (of(o=LIST), {"o": '[{"a":1}]'}, {"o": [{"a": 1}]}),
        (of(o=LIST), {"o": ['{"a":1}']}, {"o": [{"a": 1}]}),
        (of(o={"properties": {}}), {"o": "{}"}, {"o": {}}),
        (of(o={"items": {}}), {"o": "[]"}, {"o": []}),
        (of(o={"anyOf": [OBJECT, {"type": "null"}]}), {"o": '{"a":1}'}, {"o": {"a": 1}}),
        (of(o={"enum": [[1], [2]]}), {"o": "[1]"}, {"o": [1]}),
        (of(o={"type": ["array", "null"]}), {"o": "[1]"}, {"o": [1]}),
        (of(o={"anyOf": [of(i=OBJECT), {"type": "array"}]}), {"o": {"i": '{"a":1}'}}, {"o": {"i": {"a": 1}}}),
        ({**of(o={"$ref": "#/$defs/O"}), "$defs": {"O": OBJECT}}, {"o": '{"a":1}'}, {"o": {"a": 1}}),
    ],
)  # fmt: skip
def test_a_value_written_as_text_is_read_where_the_schema_wants_it(
    schema: dict[str, Any], given: Any, fitted: Any
) -> None:
    assert fit(given, schema) == fitted


@pytest.mark.parametrize(
    ("schema", "given"),
    [
        (of(o={"type": "string"}), {"o": '{"a":1}'}),
        (of(o={"type": ["string", "object"]}), {"o": '{"a":1}'}),
        (of(o={"anyOf": [OBJECT, {"type": "string"}]}), {"o": '{"a":1}'}),
        (of(o={"anyOf": [OBJECT, {}]}), {"o": '{"a":1}'}),
        (of(o={}), {"o": '{"a":1}'}),
        (of(o={"enum": ["{}"]}), {"o": "{}"}),
        (of(), {"o": '{"a":1}'}),
        (of(o=OBJECT), {"o": "[1]"}),
        (of(o=OBJECT), {"o": "{oops"}),
        (of(o=OBJECT), {"o": "words"}),
        (of(o={"$ref": "elsewhere"}), {"o": "{}"}),
        (of(o={"$ref": "#/properties/o"}), {"o": "{}"}),
        (of(o={"anyOf": [of(i=OBJECT), of(j=OBJECT)]}), {"o": {"i": "{}"}}),
        (of(o={"type": "number"}), {"o": "1"}),
    ],
)
def test_other_values_stay_as_they_are(schema: dict[str, Any], given: Any) -> None:
    assert fit(given, schema) == given


def test_null_for_an_optional_property_is_left_out() -> None:
    schema = {
        **of(a={"type": "string"}, b={"type": ["string", "null"]}, c={"type": "string"}, d={}),
        "required": ["c"],
    }
    given = {"a": None, "b": None, "c": None, "d": None, "e": None}
    assert fit(given, schema) == {"b": None, "c": None, "d": None, "e": None}


@given(JSON)
def test_an_empty_schema_changes_nothing(value: Any) -> None:
    assert fit(value, {}) == value


@given(JSON)
def test_fitting_twice_is_fitting_once(value: Any) -> None:
    schema = of(a=OBJECT, b=LIST, c={"type": "string"})
    once = fit(value, schema)
    assert fit(once, schema) == once


def test_endless_schemas_end() -> None:
    node: dict[str, Any] = {"type": "object", "properties": {"n": {"$ref": "#"}}}
    node["properties"]["n"] = {"anyOf": [node]}
    value: dict[str, Any] = {}
    for _ in range(50):
        value = {"n": value}
    assert fit(value, node) == value
    endless: dict[str, Any] = {}
    endless["anyOf"] = [endless]
    assert fit("{}", endless) == "{}"


def test_questions_about_a_schema() -> None:
    schema = {**of(a={"$ref": "#/$defs/T"}), "required": ["a"], "$defs": {"T": {"type": "string"}}}
    assert has_required(schema, {"a": 1})
    assert not has_required(schema, {})
    assert takes_text(property_schema(schema, "a"))
    assert takes_text(property_schema(schema, "b"))
    assert not takes_text({"type": "integer"})
