from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.translate.request import (
    apply_sampling,
    new_message_id,
    smallest,
    stop_sequences_of,
    to_chat_completion,
    used_tool_ids,
)
from callbacks.translate.rules import ChatRules
from tests.helpers.chat_rules import NARROW, STRICT
from tests.helpers.conversations import ASSISTANTS, HISTORIES, REQUESTS, USERS
from tests.helpers.strict_chat import cerebras_problems, zai_problems

READ = {"name": "Read", "description": "d", "input_schema": {"type": "object", "properties": {}}}
HELLO = {"role": "user", "content": "Hello"}


def sent(rules: ChatRules = STRICT, **fields: Any) -> dict[str, Any]:
    return to_chat_completion({"model": "claude-x", "messages": [HELLO], **fields}, rules).body


def notes(rules: ChatRules = STRICT, **fields: Any) -> tuple[str, ...]:
    return to_chat_completion({"model": "claude-x", "messages": [HELLO], **fields}, rules).notes


@settings(max_examples=300)
@given(REQUESTS)
def test_no_request_is_refused_by_strict_providers(body: dict[str, Any]) -> None:
    before = orjson.dumps(body)
    strict = to_chat_completion(body, STRICT)
    assert cerebras_problems(strict.body, STRICT.efforts) == []
    narrow = to_chat_completion(body, NARROW)
    assert zai_problems(narrow.body, NARROW.tool_id_pattern) == []
    assert orjson.dumps(body) == before, "the client's request was changed"
    orjson.dumps(strict.body)
    orjson.dumps(narrow.body)


@given(REQUESTS)
def test_the_same_request_gives_the_same_bytes(body: dict[str, Any]) -> None:
    first = to_chat_completion(body, STRICT, message_id="msg_1")
    assert first == to_chat_completion(body, STRICT, message_id="msg_1")


@settings(max_examples=300)
@given(HISTORIES, USERS, ASSISTANTS, st.lists(USERS, min_size=1, max_size=2))
def test_a_growing_history_keeps_its_beginning(
    history: list[Any], asked: Any, answer: Any, turn: list[Any]
) -> None:
    """A history as clients send it ends with the user; what follows an answer never changes what was before."""
    asked = {"role": "user", "content": [{"type": "text", "text": "go"}, *_as_list(asked)]}
    answer = {"role": "assistant", "content": [{"type": "text", "text": "ok"}, *_as_list(answer)]}
    for rules in (STRICT, NARROW):
        shorter = sent(rules, messages=[*history, asked])["messages"]
        longer = sent(rules, messages=[*history, asked, answer, *turn])["messages"]
        assert longer[: len(shorter)] == shorter


def _as_list(message: dict[str, Any]) -> list[Any]:
    content = message["content"]
    return content if isinstance(content, list) else [{"type": "text", "text": content}]


def test_half_characters_of_a_cut_text_do_not_break_the_request() -> None:
    history = [{"role": "user", "content": [{"type": "text", "text": "cut \ud83d"}]}]
    assert sent(messages=history)["messages"][0]["content"] == "cut \ufffd"


def test_the_cache_mark_moving_on_changes_nothing() -> None:
    marked = {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}
    plain = {"type": "text", "text": "a"}
    assert sent(messages=[{"role": "user", "content": [marked]}]) == sent(
        messages=[{"role": "user", "content": [plain]}]
    )


def test_what_a_provider_does_not_know_never_leaves_and_is_named() -> None:
    extra: dict[str, Any] = {
        "top_k": 4,
        "metadata": {"user_id": "x"},
        "context_management": {},
        "safeguards": {},
    }
    body = sent(**extra, service_tier="auto", betas=["b"])
    assert set(body) == {"model", "messages", "max_completion_tokens", "reasoning_effort", "clear_thinking"}  # fmt: skip
    assert set(notes(**extra)) == set(extra)


def test_what_a_provider_knows_under_the_same_name_is_passed_on() -> None:
    body = sent(seed=7, clear_thinking=True, reasoning_effort="low")
    assert (body["seed"], body["clear_thinking"], body["reasoning_effort"]) == (7, True, "low")
    assert "service_tier" not in sent(
        replace(STRICT, properties=STRICT.properties | {"service_tier"}), service_tier="auto"
    )


@pytest.mark.parametrize(
    ("asked", "limit", "noted"),
    [(32_000, 16_384, True), (1_000, 1_000, False), (None, 16_384, False)],
)
def test_the_output_limit_is_clamped(asked: int | None, limit: int, noted: bool) -> None:
    fields: dict[str, Any] = {} if asked is None else {"max_tokens": asked}
    assert sent(**fields)["max_completion_tokens"] == limit
    assert ("max_tokens" in notes(**fields)) is noted


def test_without_any_limit_none_is_sent() -> None:
    assert "max_tokens" not in sent(NARROW)


def test_the_first_stop_sequences_are_sent_and_all_are_watched() -> None:
    request = to_chat_completion(
        {"messages": [HELLO], "stop_sequences": ["a", "b", "", "a", "c", "d", "e"]}, STRICT
    )
    assert request.body["stop"] == ["a", "b", "c", "d"]
    assert request.context.stop_sequences == ("a", "b", "c", "d", "e")
    assert request.context.sent_stop_sequences == ("a", "b", "c", "d")


def test_stop_sequences_that_cannot_be_sent_are_watched_only() -> None:
    body = {"messages": [HELLO], "stop_sequences": ["a"]}
    without = replace(STRICT, properties=STRICT.properties - {"stop"})
    for rules in (without, replace(STRICT, stop_limit=0)):
        request = to_chat_completion(body, rules)
        assert "stop" not in request.body
        assert request.context.stop_sequences == ("a",)
        assert request.context.sent_stop_sequences == ()


def test_sampling_stays_in_the_provider_s_range() -> None:
    assert sent(NARROW, temperature=1.5, top_p=0)["temperature"] == 1.0
    assert sent(NARROW, temperature=1.5, top_p=0)["top_p"] == 0.01
    assert set(notes(NARROW, temperature=1.5, top_p=0)) == {"temperature", "top_p"}
    changed: dict[str, Any] = {}
    apply_sampling(changed, {"temperature": True, "top_p": "x"}, (0, 1), (0, 1), set())
    assert changed == {}


def test_the_system_prompt_comes_first_as_one_string() -> None:
    system = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert sent(system=system)["messages"][0] == {"role": "system", "content": "a\n\nb"}


def test_a_wanted_shape_is_told_in_words_beside_tools() -> None:
    form = {"type": "json_schema", "schema": {"type": "object"}}
    body = sent(system="s", tools=[READ], output_config={"format": form})
    assert "response_format" not in body
    assert body["messages"][0]["content"].startswith(
        "s\n\nYour final answer MUST be one JSON value"
    )


def test_constants_are_added_and_stream_constants_to_streams_only() -> None:
    assert sent()["clear_thinking"] is False
    assert "tool_stream" not in sent(NARROW)
    assert sent(NARROW, stream=True)["tool_stream"] is True
    assert "stream" not in sent(stream=False)


def test_the_context_holds_what_the_answer_needs() -> None:
    long_name = "mcp__server__" + "x" * 80
    old_name = "mcp__gone__" + "y" * 80
    history = [
        HELLO,
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": old_name}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1"}]},
    ]
    request = to_chat_completion(
        {"model": "opus", "messages": history, "tools": [READ, {**READ, "name": long_name}]}, STRICT
    )
    context = request.context
    assert context.requested_model == "opus"
    assert context.message_id.startswith("msg_")
    assert set(context.tool_schemas) == {"Read", long_name}
    assert set(context.tool_names.values()) == {long_name, old_name}
    assert context.used_tool_ids == {"t1"}
    names = [tool["function"]["name"] for tool in request.body["tools"]]
    assert context.tool_names[names[1]] == long_name
    assert context.estimated_input_tokens > 0


def test_the_estimate_is_calibrated() -> None:
    body = {"messages": [{"role": "user", "content": "word " * 400}]}
    once = to_chat_completion(body, STRICT).context.estimated_input_tokens
    assert (
        to_chat_completion(body, STRICT, token_ratio=2.0).context.estimated_input_tokens == once * 2
    )


def test_server_tools_are_reported_and_not_sent() -> None:
    request = to_chat_completion(
        {"messages": [HELLO], "tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        STRICT,
    )
    assert request.server_tools == ("web_search_20250305",)
    assert "tools" not in request.body


def test_the_judges_refuse_what_the_providers_refuse() -> None:
    """A judge that accepts everything would prove nothing."""
    call = {"id": "x", "type": "function", "function": {"name": "", "arguments": "[]"}}
    tool: dict[str, Any] = {
        "type": "function",
        "function": {"name": "a b", "parameters": {}, "strict": True},
    }
    body = {
        "top_k": 1, "max_tokens": 1, "max_completion_tokens": 1, "temperature": 3, "reasoning_effort": "odd",
        "stop": ["a"] * 5, "tools": [tool, {**tool, "function": {**tool["function"], "strict": False}, "x": 1}],
        "response_format": {}, "tool_choice": "required",
        "messages": [
            {"role": "assistant", "tool_calls": [call, call], "thinking_blocks": []},
            {"role": "tool", "tool_call_id": "y", "content": ""},
            {"role": "system", "content": [{"type": "text", "text": "a"}]},
            {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "image_url", "image_url": {"url": "http"}}]},
            {"role": "user", "content": [{"type": "input_audio"}]},
            {"role": "assistant", "content": None},
        ],
    }  # fmt: skip
    assert len(cerebras_problems(body)) >= 25
    assert len(zai_problems(body, "call_.*")) >= 20
    assert "1214 no user message" in zai_problems({"messages": []})


def test_small_helpers() -> None:
    assert smallest((None, None)) is None
    assert smallest((3, None, 2)) == 2
    assert new_message_id() != new_message_id()
    assert stop_sequences_of({}) == ()
    assert used_tool_ids("nothing") == frozenset()
