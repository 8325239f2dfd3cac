"""Limits of an Anthropic-speaking endpoint that Anthropic's own does not have: stop sequences, tool ids."""

from __future__ import annotations

from typing import Any

from callbacks.translate.messages_request import to_messages_request
from callbacks.translate.rules import MessagesRules

RULES = MessagesRules(model="m", stop_limit=4, tool_id_pattern=r"(?:call|toolu)_\w+")
BODY: dict[str, Any] = {
    "model": "c",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "hi"}],
}
SIX = ["a", "b", "c", "d", "e", "f"]


def test_sequences_above_the_limit_are_left_to_us() -> None:
    made = to_messages_request({**BODY, "stop_sequences": SIX}, RULES)
    assert made.body["stop_sequences"] == SIX[:4]
    assert made.context.stop_sequences == tuple(SIX)
    assert "stop_sequences" in made.notes


def test_as_many_as_the_endpoint_takes_are_left_to_it() -> None:
    made = to_messages_request({**BODY, "stop_sequences": SIX[:4]}, RULES)
    assert made.body["stop_sequences"] == SIX[:4]
    assert made.context.stop_sequences == ()
    assert "stop_sequences" not in made.notes


def test_sequences_that_can_end_nothing_are_left_out() -> None:
    made = to_messages_request({**BODY, "stop_sequences": [""]}, RULES)
    assert "stop_sequences" not in made.body


def test_ids_the_endpoint_refuses_are_renamed_in_call_and_result() -> None:
    call = {"type": "tool_use", "id": "functions.Bash:0", "name": "Bash", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "functions.Bash:0", "content": "ok"}
    turns = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]
    sent = to_messages_request({**BODY, "messages": turns}, RULES).body["messages"]
    renamed = sent[1]["content"][0]["id"]
    assert renamed.startswith("call_")
    assert sent[2]["content"][0]["tool_use_id"] == renamed


def test_sampling_values_that_are_no_numbers_are_left_out() -> None:
    made = to_messages_request({**BODY, "temperature": "hot", "top_p": None}, RULES)
    assert "temperature" not in made.body
    assert "top_p" not in made.body
    assert "temperature" in made.notes
