from typing import Any

import pytest

from ccglm.simulator.cerebras_conflicts import asks_to_think, find_conflict
from ccglm.simulator.cerebras_errors import MIXED_STRICT
from ccglm.simulator.cerebras_models import models_of
from ccglm.simulator.knobs import Knobs
from tests.helpers.provider_calls import CEREBRAS, a_body

KNOBS = Knobs(model_set="dedicated")
MODELS = models_of(KNOBS)
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
STRICT_SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}


def conflict(
    model: str = "zai-glm-4.7", guesses: dict[str, str] | None = None, **more: Any
) -> str | None:
    knobs = KNOBS.patched({"guess": guesses or {}})
    return find_conflict(a_body(CEREBRAS, **more), MODELS[model], knobs)


def tool(name: str, **function: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **function}}


def test_an_ordinary_request_has_no_conflict() -> None:
    assert (
        conflict(
            temperature=0.6,
            top_p=0.95,
            max_completion_tokens=100,
            reasoning_effort="high",
            tools=[tool("A", parameters=STRICT_SCHEMA, strict=True)],
            tool_choice={"type": "function", "function": {"name": "A"}},
            stop=["a", "b"],
        )
        is None
    )


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"max_tokens": 1, "max_completion_tokens": 1}, "Only one of"),
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": -0.1}, "temperature"),
        ({"top_p": 1.5}, "top_p"),
        ({"n": 2}, "body.n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop": list("abcde")}, "at most 4"),
        ({"logit_bias": {str(i): 1 for i in range(101)}}, "at most 100"),
        ({"reasoning_effort": "xhigh"}, "use one of none, low, medium, high"),
        ({"tool_choice": "any"}, "tool_choice"),
        ({"tool_choice": {"type": "tool", "name": "A"}}, "tool_choice"),
        ({"tools": [tool("A")], "response_format": {"type": "json_object"}}, "response_format"),
        ({"tools": [tool("A", strict=True, parameters=STRICT_SCHEMA), tool("B")]}, MIXED_STRICT),
        (
            {"tools": [tool("A", strict=True, parameters={"type": "object"})]},
            "additionalProperties",
        ),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"strict": True, "schema": {"type": "object"}},
                }
            },
            "additionalProperties",
        ),
        ({"messages": [{"role": "developer", "content": "x"}]}, "developer"),
        ({"messages": [{"role": "user", "content": [IMAGE]}]}, "reads text only"),
        ({"messages": [{"role": "tool", "tool_call_id": "1", "content": "x"}]}, "no tool call"),
    ],
)
def test_each_conflict_is_told(more: dict[str, Any], part: str) -> None:
    found = conflict(**more)
    assert found is not None
    assert part in found


def test_efforts_are_those_of_the_model() -> None:
    assert conflict("gpt-oss-120b", reasoning_effort="none")
    assert conflict("zai-glm-5.3", reasoning_effort="medium")
    assert conflict("zai-glm-5.3", reasoning_effort="max") is None


def test_pictures_are_for_the_model_that_sees() -> None:
    assert conflict("qwen-3.8-27b", messages=[{"role": "user", "content": [IMAGE]}]) is None


def test_the_developer_role_is_for_gpt_oss() -> None:
    assert conflict("gpt-oss-120b", messages=[{"role": "developer", "content": "x"}]) is None


def test_qwen_refuses_some_keywords_in_strict_schemas() -> None:
    schema = {**STRICT_SCHEMA, "properties": {"a": {"type": "string", "pattern": "x+"}}}
    assert conflict("qwen-3.8-27b", tools=[tool("A", strict=True, parameters=schema)])
    assert conflict(tools=[tool("A", strict=True, parameters=schema)]) is None


def test_a_property_that_is_named_like_a_keyword_is_no_keyword() -> None:
    schema = {**STRICT_SCHEMA, "properties": {"pattern": {"type": "string"}}}
    assert conflict("qwen-3.8-27b", tools=[tool("Grep", strict=True, parameters=schema)]) is None


def test_objects_deep_inside_a_strict_schema_are_checked() -> None:
    inner = {"anyOf": [{"type": "object"}, {"type": "null"}]}
    schema = {**STRICT_SCHEMA, "properties": {"a": {"type": "array", "items": inner}}}
    assert conflict(tools=[tool("A", strict=True, parameters=schema)])


CALL = {"id": "1", "type": "function", "function": {"name": "A", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "x"}
ASSISTANT = {"role": "assistant", "tool_calls": [CALL]}


def test_a_tool_message_must_answer_the_assistant_right_before() -> None:
    assert conflict(messages=[ASSISTANT, RESULT]) is None
    assert conflict(messages=[ASSISTANT, {"role": "user", "content": "x"}, RESULT])
    assert conflict(messages=[ASSISTANT, {**RESULT, "tool_call_id": "2"}])


@pytest.mark.parametrize(
    ("guess", "more"),
    [
        ("tools_plus_format", {"tools": [tool("A")], "response_format": {"type": "json_object"}}),
        ("orphan_tool_message", {"messages": [RESULT]}),
        ("image_on_text_model", {"messages": [{"role": "user", "content": [IMAGE]}]}),
        (
            "mid_system",
            {"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "y"}]},
        ),
    ],
)
def test_guessed_conflicts_can_be_switched(guess: str, more: dict[str, Any]) -> None:
    assert conflict(guesses={guess: "reject"}, **more)
    assert conflict(guesses={guess: "accept"}, **more) is None


def test_a_model_thinks_unless_it_is_told_not_to() -> None:
    assert asks_to_think({"reasoning_effort": "low"})
    assert asks_to_think({})
    assert not asks_to_think({"reasoning_effort": "none"})
    assert not asks_to_think({"reasoning_effort": "low", "reasoning_format": "hidden"})
