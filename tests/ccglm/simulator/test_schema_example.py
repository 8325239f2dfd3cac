from typing import Any

import jsonschema
import pytest

from ccglm.simulator.schema_example import example_for

SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"]},
    {"type": "array", "minItems": 2, "items": {"type": "integer", "minimum": 3}},
    {"type": "string", "minLength": 20},
    {"type": ["boolean", "null"]},
    {"type": "null"},
    {"const": 4},
    {"anyOf": [{"type": "number"}, {"type": "string"}]},
    {
        "properties": {"n": {"type": "object", "properties": {"b": {}}, "required": ["b"]}},
        "required": ["n"],
    },
    {"type": "object"},
    {},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_example_fits_its_schema(schema: dict[str, Any]) -> None:
    jsonschema.validate(example_for(schema), schema)


def test_defaults_and_examples_are_preferred() -> None:
    assert example_for({"type": "string", "default": "x"}) == "x"
    assert example_for({"type": "string", "examples": ["y"]}) == "y"


def test_a_schema_that_contains_itself_ends() -> None:
    schema: dict[str, Any] = {"type": "object", "required": ["child"]}
    schema["properties"] = {"child": schema}
    depth, value = 0, example_for(schema)
    while value:
        value, depth = value["child"], depth + 1
    assert 0 < depth < 10


def test_what_is_no_schema_is_a_text() -> None:
    assert example_for(None) == "example"
