from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given

from callbacks.translate.messages_request import to_messages_request
from callbacks.translate.rules import MessagesRules
from tests.helpers.conversations import REQUESTS
from tests.helpers.strict_messages import messages_problems

RULES = MessagesRules(
    model="glm-5.3",
    max_output_tokens=131_072,
    efforts=("low", "high", "max"),
    signature_tag="zai:",
)
HELLO = {"role": "user", "content": [{"type": "text", "text": "Hello"}]}
READ = {"name": "Read", "description": "d", "input_schema": {"type": "object"}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
BILLING = {"type": "text", "text": "x-anthropic-billing-header: x"}


def sent(rules: MessagesRules = RULES, **fields: Any) -> dict[str, Any]:
    return to_messages_request({"model": "claude-x", "messages": [HELLO], **fields}, rules).body


def notes(rules: MessagesRules = RULES, **fields: Any) -> tuple[str, ...]:
    return to_messages_request({"model": "claude-x", "messages": [HELLO], **fields}, rules).notes


@given(REQUESTS)
def test_every_request_becomes_sound_and_the_client_s_is_left_alone(body: dict[str, Any]) -> None:
    before = orjson.dumps(body)
    request = to_messages_request(body, RULES, message_id="msg_1")
    assert messages_problems(request.body["messages"]) == []
    assert 0 <= request.body.get("temperature", 0) <= 1
    assert request == to_messages_request(body, RULES, message_id="msg_1")
    assert orjson.dumps(body) == before
    orjson.dumps(request.body)


def test_what_is_fine_is_left_as_it_is() -> None:
    body = {
        "messages": [HELLO],
        "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
        "tools": [READ],
        "max_tokens": 32_000,
        "thinking": {"type": "adaptive", "display": "omitted"},
        "output_config": {"effort": "high"},
        "context_management": {"edits": []},
        "metadata": {"user_id": "u"},
    }
    request = to_messages_request({"model": "claude-x", **body}, RULES)
    assert request.body == {"model": "glm-5.3", **body}
    assert request.notes == ()
    assert request.context.requested_model == "claude-x"
    assert request.context.signature_tag == "zai:"
    assert request.context.tool_schemas == {"Read": {"type": "object"}}


@pytest.mark.parametrize(
    ("system", "left"),
    [
        ([BILLING, {"type": "text", "text": "s"}], [{"type": "text", "text": "s"}]),
        ([BILLING], None),
        ([{"type": "text", "text": " "}], None),
        ("x-anthropic-billing-header: x\nrest", "rest"),
        ("plain", "plain"),
        (None, None),
    ],
)
def test_the_billing_line_is_taken_out_of_the_system_prompt(system: Any, left: Any) -> None:
    assert sent(system=system).get("system") == left
    assert ("billing_header" in notes(system=system)) is ("billing" in str(system))


def test_only_listed_properties_leave_where_there_is_a_list() -> None:
    rules = replace(RULES, properties=frozenset({"model", "messages", "max_tokens"}))
    assert set(sent(rules, max_tokens=5, context_management={})) == {
        "model",
        "messages",
        "max_tokens",
    }
    assert notes(rules, max_tokens=5, context_management={}) == ("context_management",)


def test_limits_are_clamped() -> None:
    assert sent(max_tokens=200_000, temperature=1.5)["max_tokens"] == 131_072
    assert sent(temperature=1.5)["temperature"] == 1.0
    assert notes(max_tokens=200_000, temperature=1.5) == ("max_tokens", "temperature")
    assert "max_tokens" not in sent(replace(RULES, max_output_tokens=None))


def test_tools_that_cannot_be_served_are_left_out() -> None:
    deferred = {**READ, "name": "Web", "defer_loading": True}
    request = to_messages_request(
        {"messages": [HELLO], "tools": [READ, SEARCH, deferred], "tool_choice": {"type": "auto"}},
        RULES,
    )
    assert request.body["tools"] == [READ]
    assert request.server_tools == ("web_search_20250305",)
    assert request.notes == ("defer_loading", "max_tokens")
    assert "tool_choice" not in sent(tools=[SEARCH], tool_choice={"type": "auto"})
    serving = replace(RULES, server_tools=frozenset({"web_search_20250305"}))
    assert sent(serving, tools=[SEARCH])["tools"] == [SEARCH]


def test_a_deferred_tool_that_was_found_is_sent_as_a_plain_one() -> None:
    reference = {"type": "tool_reference", "tool_name": "Read"}
    history = [{"role": "user", "content": [{"type": "text", "text": "a"}, reference]}]
    assert sent(messages=history, tools=[{**READ, "defer_loading": True}])["tools"] == [READ]


ALWAYS = replace(RULES, thinking_always=True)


@pytest.mark.parametrize(
    ("rules", "fields", "thinking", "config", "noted"),
    [
        (RULES, {"output_config": {"effort": "xhigh"}}, None, {"effort": "max"}, "effort"),
        (RULES, {"thinking": {"type": "disabled"}}, {"type": "disabled"}, None, None),
        (ALWAYS, {"thinking": {"type": "disabled"}}, {"type": "adaptive"}, {"effort": "low"}, "thinking"),
        (replace(RULES, efforts=()), {"output_config": {"effort": "high"}}, None, None, "effort"),
        (RULES, {"output_config": {"format": {"type": "text"}}}, None, {"format": {"type": "text"}}, None),
    ],
)  # fmt: skip
def test_thinking_is_said_as_the_model_takes_it(
    rules: MessagesRules, fields: dict[str, Any], thinking: Any, config: Any, noted: str | None
) -> None:
    body = sent(rules, **fields)
    assert body.get("thinking") == thinking
    assert body.get("output_config") == config
    if noted:
        assert noted in notes(rules, **fields)
