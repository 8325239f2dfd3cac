"""What an OpenAI client sends back of an answer, and what of it a strict provider is shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.chat_history import sendable_history

CALL: dict[str, Any] = {
    "id": "call_1", "type": "function", "index": 0,
    "function": {"name": "Read", "arguments": "{}", "parsed_arguments": None},
}  # fmt: skip
ECHO: dict[str, Any] = {
    "role": "assistant", "content": None, "refusal": None, "annotations": [], "tool_calls": [CALL],
    "reasoning_content": "Hm.", "provider_specific_fields": {"reasoning": "Hm."},
}  # fmt: skip
SENT_CALL = {"id": "call_1", "type": "function", "function": {"name": "Read", "arguments": "{}"}}


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content"])
def test_an_answer_comes_back_as_the_provider_knows_it(key: str) -> None:
    user: dict[str, Any] = {"role": "user", "content": "hi", "name": "me"}
    tool: dict[str, Any] = {"role": "tool", "tool_call_id": "call_1", "content": "x"}
    assert sendable_history([user, ECHO, tool], key) == [
        user, {"role": "assistant", "content": None, key: "Hm.", "tool_calls": [SENT_CALL]}, tool,
    ]  # fmt: skip


@pytest.mark.parametrize("history", ["none", "thinking_blocks", ""])
def test_a_model_that_reads_no_reasoning_gets_none(history: str) -> None:
    (sent,) = as_list(sendable_history([ECHO], history))
    assert sent == {"role": "assistant", "content": None, "tool_calls": [SENT_CALL]}


def test_no_calls_is_no_key() -> None:
    message = {"role": "assistant", "content": "hi", "tool_calls": None, "function_call": None}
    assert sendable_history([message], "none") == [{"role": "assistant", "content": "hi"}]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "tool_calls", "function"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@given(values)
def test_anything_is_survived_and_left_alone_unless_it_is_the_assistants(messages: object) -> None:
    sent = sendable_history(messages, "reasoning")
    if not isinstance(messages, list):
        assert sent is messages
        return
    assert len(as_list(sent)) == len(messages)
    for before, after in zip(messages, as_list(sent), strict=True):
        if not (isinstance(before, dict) and before.get("role") == "assistant"):
            assert after is before


def as_list(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value
