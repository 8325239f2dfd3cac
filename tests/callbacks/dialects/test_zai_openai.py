"""What leaves for Z.ai's OpenAI surfaces."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.dialects.zai_openai import ZaiOpenAI, rules_for
from callbacks.translate.context import ReplyContext
from tests.helpers.dialects import ZAI_FACTS, a_target, facts

DIALECT = ZaiOpenAI()
BASE = "https://api.z.invalid/api/paas/v4"
FACTS = facts(
    ZAI_FACTS, surface="openai", reasoning_history="reasoning_content", clear_thinking=True
)
TARGET = a_target(FACTS, BASE)
BODY: dict[str, Any] = {
    "model": "main",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "hi"}],
}


def test_the_address_and_the_key() -> None:
    assert DIALECT.url(TARGET) == f"{BASE}/chat/completions"
    assert DIALECT.headers(TARGET)["authorization"] == "Bearer the-key"


def test_thinking_is_an_object_that_keeps_earlier_reasoning() -> None:
    sent = DIALECT.request(
        {**BODY, "thinking": {"type": "enabled", "budget_tokens": 50}}, TARGET
    ).body
    assert sent["thinking"] == {"type": "enabled", "clear_thinking": False}
    assert (
        DIALECT.request({**BODY, "thinking": {"type": "disabled"}}, TARGET).body["thinking"]["type"]
        == "disabled"
    )
    assert sent["max_tokens"] == 100


@pytest.mark.parametrize("temperature", [1.7, 1.0])
def test_the_temperature_stays_in_its_range(temperature: float) -> None:
    assert DIALECT.request({**BODY, "temperature": temperature}, TARGET).body["temperature"] == 1.0


def test_any_tool_choice_becomes_the_only_one_there_is() -> None:
    tools = [{"name": "Read", "input_schema": {"type": "object"}}]
    sent = DIALECT.request({**BODY, "tools": tools, "tool_choice": {"type": "any"}}, TARGET).body
    assert sent.get("tool_choice", "auto") == "auto"


def test_tool_arguments_are_streamed_where_the_model_can() -> None:
    streaming = a_target(facts(ZAI_FACTS, tool_stream=True), BASE)
    assert rules_for(streaming).extra_stream_body == {"tool_stream": True}
    assert rules_for(TARGET).extra_stream_body == {}


def test_a_foreign_tool_id_is_rewritten_both_ways() -> None:
    history = [
        {"role": "user", "content": "read"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "049d9b129", "name": "Read", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "049d9b129", "content": "x"}]},
    ]  # fmt: skip
    sent = DIALECT.request({**BODY, "messages": history}, TARGET).body["messages"]
    call = next(m for m in sent if m["role"] == "assistant")["tool_calls"][0]["id"]
    assert call.startswith(("call_", "toolu_"))
    assert next(m for m in sent if m["role"] == "tool")["tool_call_id"] == call


def test_an_answer_is_translated() -> None:
    context = ReplyContext("main", "msg_1")
    message = {"role": "assistant", "content": "hi", "reasoning_content": "hm"}
    answer = {"choices": [{"finish_reason": "stop", "message": message}]}
    assert [b["type"] for b in DIALECT.message(answer, context)["content"]] == ["thinking", "text"]
    assert DIALECT.stream(context).fault is None
