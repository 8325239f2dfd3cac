"""The requests of the self test are what they should be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.tokens import estimate_tokens
from ccglm.selftest.questions import (
    READ_TOOL,
    countable,
    overflow_tokens,
    request,
    too_long,
    with_results,
)


def test_a_request_asks_for_the_model_by_its_name() -> None:
    body = request("zai/glm-4.7", "hello", stream=False, tools=[READ_TOOL])
    assert (body["model"], body["stream"], body["tools"]) == ("zai/glm-4.7", False, [READ_TOOL])


def test_results_follow_the_answer_and_leave_the_first_request_alone() -> None:
    body = request("m", "hello")
    said = [{"type": "tool_use", "id": "a", "name": "Read", "input": {}}]
    after = with_results(body, said, {"a": "words"})
    assert [turn["role"] for turn in after["messages"]] == ["user", "assistant", "user"]
    assert after["messages"][2]["content"][0]["tool_use_id"] == "a"
    assert len(body["messages"]) == 1


def test_only_what_is_counted_is_sent_to_be_counted() -> None:
    body = request("m", "hello", tools=[READ_TOOL])
    assert set(countable(body)) == {"model", "system", "messages", "tools"}


@given(st.integers(1000, 300_000))
def test_the_long_prompt_is_above_the_window_by_any_estimate(context_tokens: int) -> None:
    prompt = too_long(context_tokens)
    assert len(prompt.split()) >= overflow_tokens(context_tokens) > context_tokens
    estimated = estimate_tokens({"messages": [{"role": "user", "content": prompt}]})
    assert estimated > context_tokens
