"""What the checks call right and wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.conformance.checks import (
    broken_stream_problems,
    error_problems,
    leaks,
    message_problems,
    stream_problems,
)
from scripts.conformance.reply import Event, Reply

USAGE = {"input_tokens": 3, "output_tokens": 1}
GOOD: list[dict[str, Any]] = [
    {
        "type": "message_start",
        "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": USAGE,
        },
    },
    {"type": "ping"},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "hi"}},
    {"type": "content_block_stop", "index": 1},
    {"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "t", "name": "R", "input": {}}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
]  # fmt: skip


def events(data: list[dict[str, Any]]) -> list[Event]:
    return [Event(each["type"], json.dumps(each), each, 0.0) for each in data]


def changed(change: Callable[[list[dict[str, Any]]], object]) -> list[Event]:
    data = copy.deepcopy(GOOD)
    change(data)
    return events(data)


def test_a_good_stream_has_no_problems() -> None:
    assert stream_problems(events(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda d: d.pop(0), "before message_start"),
        (lambda d: d.pop(5), "starts while block 0 is open"),
        (lambda d: d.insert(1, d[0]), "a second message_start"),
        (lambda d: d[6].update(index=3), "block index 3, expected 1"),
        (lambda d: d[7].update(index=0), "which is not open"),
        (lambda d: d[7]["delta"].update(type="thinking_delta", thinking="x"), "in a text block"),
        (lambda d: d.pop(-1), "no message_stop"),
        (lambda d: d.pop(-2), "no message_delta"),
        (lambda d: d.append(d[7]), "after message_stop"),
        (lambda d: d.pop(11), "while block 2 is open"),
        (lambda d: d[9]["content_block"].update(input={"a": 1}), "carries the tool's input"),
        (lambda d: d[9]["content_block"].update(id=""), "no tool id"),
        (lambda d: d[9]["content_block"].update(name=""), "no tool name"),
        (lambda d: d[10]["delta"].update(partial_json="{"), "no JSON object"),
        (lambda d: d[10]["delta"].update(partial_json="[1]"), "no JSON object"),
        (lambda d: d[7]["delta"].update(text=" "), "empty text block"),
        (lambda d: d[12]["delta"].update(stop_reason="end_turn"), "1 tool calls with stop_reason"),
        (lambda d: d[12]["delta"].update(stop_reason="length"), "stop_reason"),
        (lambda d: d[12]["delta"].update(stop_reason=None), "no stop_reason"),
        (lambda d: d[12].pop("usage"), "usage"),
        (lambda d: d[0]["message"].pop("usage"), "usage"),
        (
            lambda d: d[0]["message"].update(content=[{"type": "text", "text": "x"}]),
            "carries content",
        ),
        (lambda d: d[1].update(type="pong"), "unknown event"),
    ],
)
def test_a_fault_is_named(change: Callable[[list[dict[str, Any]]], object], problem: str) -> None:
    found = stream_problems(changed(change))
    assert any(problem in each for each in found), found


def test_event_lines_must_name_their_data() -> None:
    unnamed = [Event(None, e.text, e.data, 0.0) for e in events(GOOD)]
    assert any("event line None" in each for each in stream_problems(unnamed))


def test_text_that_is_no_json_is_a_problem() -> None:
    found = stream_problems([*events(GOOD), Event(None, "[DONE]", None, 0.0)])
    assert any("not a JSON object" in each for each in found)


def test_a_doubled_tool_id_is_a_problem() -> None:
    call = {"type": "tool_use", "id": "t", "name": "R", "input": {}}
    message = {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [call, call],
        "stop_reason": "tool_use", "stop_sequence": None, "usage": USAGE,
    }  # fmt: skip
    assert message_problems(message) == ["tool ids repeat: ['t', 't']"]


ERROR = {"type": "error", "error": {"type": "api_error", "message": "it broke"}}


def test_an_honest_broken_stream_ends_in_an_error() -> None:
    assert broken_stream_problems([*events(GOOD[:8]), *events([ERROR])]) == []


def test_a_made_up_end_is_a_problem() -> None:
    cut = [
        *GOOD[:9],
        {**GOOD[12], "delta": {"stop_reason": "end_turn", "stop_sequence": None}},
        GOOD[13],
    ]
    assert any("not error" in each for each in broken_stream_problems(events(cut)))
    assert any("regular end" in each for each in broken_stream_problems(events([*cut, ERROR])))
    assert broken_stream_problems([]) == ["the last event is nothing, not error"]


@pytest.mark.parametrize(
    "envelope",
    [
        None,
        {"error": {"type": "api_error", "message": "x"}},
        {"type": "error", "error": {"type": "RateLimitError", "message": "x"}},
        {"type": "error", "error": {"type": "api_error", "message": ""}},
        {"type": "error", "error": {"type": "api_error", "message": '{"error": {"code": 1}}'}},
        {"type": "error", "error": "x"},
        {"detail": "x"},
    ],
)
def test_other_shapes_of_errors_are_refused(envelope: dict[str, Any] | None) -> None:
    assert error_problems(envelope)


def test_anthropic_s_error_shape_is_accepted() -> None:
    assert error_problems(ERROR) == []
    assert error_problems({**ERROR, "request_id": "req_1"}) == []


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("litellm.RateLimitError: slow down", ["RateLimitError", "litellm"]),
        ('File "/app/x.py", line 3', [".py", 'File "']),
        ("bad key sk-abcd", ["sk-a"]),
        ("<html>no", ["<html"]),
        ("Cerebras refused the key CEREBRAS_API_KEY; set it in .env", []),
        ("rate_limit_error: the limit of requests a minute is used up", []),
    ],
)
def test_what_is_nobody_s_business_is_found(message: str, found: list[str]) -> None:
    body = json.dumps({"error": {"message": message}}).encode()
    assert leaks(Reply(status=500, body=body)) == found
