from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.cerebras_properties import BODY_PROPERTIES, find_property_problems
from ccglm.simulator.knobs import Knobs
from tests.helpers.provider_calls import CEREBRAS, a_body

KNOBS = Knobs()
CALL = {"id": "1", "type": "function", "function": {"name": "Read", "arguments": "{}"}}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def problems(body: dict[str, Any], **guesses: str) -> list[str]:
    return find_property_problems(body, KNOBS.patched({"guess": guesses}))


def with_messages(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "hello"}, *messages]}


def unsupported(path: str) -> str:
    return f"{path}: property '{path}' is unsupported"


def test_a_full_conversation_is_fine() -> None:
    body = with_messages(
        {"role": "assistant", "reasoning": "hm", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "1", "content": "result"},
        {"role": "assistant", "content": "done"},
        {"role": "user", "content": [{"type": "text", "text": "and this?"}, IMAGE]},
    )
    body["tools"] = a_body(CEREBRAS, read_tool=True)["tools"]
    assert problems({**body, "stream": True, "temperature": 1, "max_completion_tokens": None}) == []


@pytest.mark.parametrize(
    "name", ["top_k", "reasoning", "thinking", "tool_stream", "metadata", "extra_body", "store"]
)
def test_body_properties_of_other_vendors_are_refused(name: str) -> None:
    assert problems({**a_body(CEREBRAS), name: {}}) == [unsupported(f"body.{name}")]


@pytest.mark.parametrize(
    "name",
    [
        "reasoning_content",
        "thinking_blocks",
        "refusal",
        "provider_specific_fields",
        "cache_control",
    ],
)
def test_assistant_properties_of_other_vendors_are_refused(name: str) -> None:
    body = with_messages({"role": "assistant", "content": "hi", name: "x"})
    assert problems(body) == [unsupported(f"messages.1.assistant.{name}")]


def test_all_problems_are_told_in_order() -> None:
    body = with_messages({"role": "assistant", "content": "", "thinking_blocks": []})
    assert problems({**body, "top_k": 1, "temperature": "hot"}) == [
        unsupported("body.top_k"),
        "body.temperature: value must be a number",
        unsupported("messages.1.assistant.thinking_blocks"),
    ]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"role": "user"}, "messages.1.user.content: field is required"),
        ({"role": "user", "content": None}, "messages.1.user.content: field is required"),
        (
            {"role": "user", "content": 7},
            "messages.1.user.content: value must be a string or a list",
        ),
        ({"role": "tool", "content": "x"}, "messages.1.tool.tool_call_id: field is required"),
        (
            {"role": "tool", "content": "x", "tool_call_id": "1", "is_error": True},
            unsupported("messages.1.tool.is_error"),
        ),
        ({"role": "robot", "content": "x"}, "messages.1: role 'robot' is unsupported"),
        (
            {"role": "assistant", "tool_calls": [{**CALL, "index": 0}]},
            unsupported("messages.1.assistant.tool_calls.0.index"),
        ),
        (
            {"role": "assistant", "tool_calls": [{"id": "1", "type": "function"}]},
            "messages.1.assistant.tool_calls.0.function: field is required",
        ),
        (
            {"role": "assistant", "tool_calls": [{**CALL, "id": None}]},
            "messages.1.assistant.tool_calls.0.id: value must be a string",
        ),
        (
            {
                "role": "assistant",
                "tool_calls": [{**CALL, "function": {"name": "R", "arguments": {}}}],
            },
            "messages.1.assistant.tool_calls.0.function.arguments: value must be a string",
        ),
        (
            {"role": "user", "content": [{"type": "document", "source": {}}]},
            "messages.1.user.content.0: content type 'document' is unsupported",
        ),
        (
            {"role": "assistant", "content": [IMAGE]},
            "messages.1.assistant.content.0: content type 'image_url' is unsupported",
        ),
        (
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}],
            },
            "messages.1.user.content.0.image_url: only base64 encoded images are supported",
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": "data:"}]},
            "messages.1.user.content.0.image_url: only base64 encoded images are supported",
        ),
    ],
)
def test_each_kind_of_broken_message_is_told(message: dict[str, Any], expected: str) -> None:
    assert problems(with_messages(message)) == [expected]


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ({"type": "web_search"}, "tools.0.type: tool type 'web_search' is unsupported"),
        ({"type": "function"}, "tools.0.function: field is required"),
        (
            {"type": "function", "function": {"name": "R", "input_schema": {}}},
            unsupported("tools.0.function.input_schema"),
        ),
        (
            {"type": "function", "function": {"name": "R"}, "cache_control": {}},
            unsupported("tools.0.cache_control"),
        ),
        (
            {"type": "function", "function": {"name": ""}},
            "tools.0.function.name: value must be a string",
        ),
    ],
)
def test_each_kind_of_broken_tool_is_told(tool: dict[str, Any], expected: str) -> None:
    assert problems({**with_messages(), "tools": [tool]}) == [expected]


def test_a_body_needs_a_model_and_messages() -> None:
    assert problems({}) == [
        "body.messages: field is required",
        "body.model: field is required",
    ]
    assert problems({"model": "m", "messages": []}) == [
        "body.messages: at least one message is required"
    ]


def test_a_boolean_is_no_number() -> None:
    assert problems(a_body(CEREBRAS, seed=True)) == ["body.seed: value must be an integer"]


SYSTEM_LIST = {"role": "system", "content": [{"type": "text", "text": "be brief"}]}
MARKED = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


@pytest.mark.parametrize(
    ("guess", "message"),
    [
        ("system_array", SYSTEM_LIST),
        ("empty_content", {"role": "user", "content": ""}),
        ("cache_control_part", {"role": "user", "content": [MARKED]}),
    ],
)
def test_guessed_refusals_can_be_switched(guess: str, message: dict[str, Any]) -> None:
    assert problems(with_messages(message), **{guess: "reject"})
    assert problems(with_messages(message), **{guess: "accept"}) == []


def test_the_retired_switch_can_be_switched() -> None:
    body = a_body(CEREBRAS, disable_reasoning=True)
    assert problems(body) == [unsupported("body.disable_reasoning")]
    assert problems(body, disable_reasoning="accept") == []


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.none(), max_size=5))
def test_exactly_the_unknown_properties_are_named(extra: dict[str, None]) -> None:
    found = problems({**extra, **a_body(CEREBRAS)})
    unknown = [
        name for name in extra if name not in BODY_PROPERTIES and name != "disable_reasoning"
    ]
    retired = ["disable_reasoning"] if "disable_reasoning" in extra else []
    assert sorted(found) == sorted(unsupported(f"body.{name}") for name in [*unknown, *retired])
