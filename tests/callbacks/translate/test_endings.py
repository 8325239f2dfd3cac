from __future__ import annotations

from typing import Any

import pytest

from callbacks.translate.endings import (
    messages_usage_of,
    stop_reason_of,
    upstream_error,
    usage_of,
)
from callbacks.translate.faults import ReplyFault
from callbacks.translate.reply_stream import Sent, Usage
from tests.helpers.chat_sse import USAGE, context


@pytest.mark.parametrize(
    ("finish", "calls", "sent", "stop"),
    [
        ("stop", False, "content", "end_turn"),
        ("stop", True, "nothing", "tool_use"),
        ("function_call", True, "content", "tool_use"),
        ("length", False, "nothing", "max_tokens"),
        ("length", True, "nothing", "max_tokens"),
        ("sensitive", False, "nothing", "refusal"),
        ("pause_turn", False, "content", "pause_turn"),
        ("model_context_window_exceeded", False, "content", "model_context_window_exceeded"),
    ],
)
def test_finish_reasons(finish: str, calls: bool, sent: Sent, stop: str) -> None:
    assert stop_reason_of(finish, calls=calls, sent=sent) == stop


@pytest.mark.parametrize(
    ("finish", "sent", "kind"),
    [
        ("network_error", "content", "network"),
        ("error", "content", "cut"),
        ("tool_calls", "content", "no_tool_call"),
        ("stop", "nothing", "empty"),
        ("stop", "thinking", "empty"),
        ("model_context_window_exceeded", "thinking", "context_window"),
    ],
)
def test_endings_that_are_none(finish: str, sent: Sent, kind: str) -> None:
    with pytest.raises(ReplyFault) as caught:
        stop_reason_of(finish, calls=False, sent=sent)
    assert caught.value.kind == kind
    assert caught.value.retry is (kind != "context_window")


def test_cached_tokens_are_not_counted_twice() -> None:
    usage = usage_of(USAGE, context(), 0)
    assert usage == Usage(8, 128, 87, 59, estimated=False)
    assert usage.prompt_tokens == 136
    odd = {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}
    assert usage_of(odd, context(), 0).as_anthropic()["input_tokens"] == 0


@pytest.mark.parametrize("reported", [{}, {"prompt_tokens": None}, {"prompt_tokens": "x"}])
def test_what_is_not_reported_is_estimated(reported: dict[str, Any]) -> None:
    assert usage_of(reported, context(), 36) == Usage(100, 0, 10)


def test_anthropic_usage_of_an_upstream() -> None:
    reported = {"input_tokens": 5, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 3, "output_tokens": 4}  # fmt: skip
    assert messages_usage_of(reported, context(), 0) == Usage(7, 3, 4, estimated=False)
    assert messages_usage_of({"input_tokens": 0}, context(), 36) == Usage(100, 0, 10)


@pytest.mark.parametrize(
    ("payload", "words", "status", "retry"),
    [
        ({"error": {"message": "busy"}, "status_code": 429}, "busy", 429, True),
        ({"error": {"message": "bad", "status_code": 400}}, "bad", 400, False),
        ({"error": "text"}, "text", None, True),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}, "m", None, True),
        ({"message": "flat", "type": "x", "code": "y"}, "flat", None, True),
        ({"type": "error", "message": "odd"}, "odd", None, True),
    ],
)
def test_error_objects_of_every_form(
    payload: dict[str, Any], words: str, status: int | None, retry: bool
) -> None:
    fault = upstream_error(payload)
    assert fault is not None
    assert fault.message == f"the provider reported an error: {words}"
    assert (fault.kind, fault.status, fault.retry, fault.body) == (
        "upstream_error",
        status,
        retry,
        payload,
    )


def test_an_error_without_words_and_a_long_one() -> None:
    silent, long = upstream_error({"error": {"code": 1}}), upstream_error({"error": "x" * 9_000})
    assert silent is not None
    assert long is not None
    assert silent.message == "the provider reported an error"
    assert len(long.message) < 600


@pytest.mark.parametrize(
    "payload", [{}, {"choices": []}, {"choices": [], "code": 200}, {"error": None, "choices": []}]
)
def test_other_objects_are_no_errors(payload: dict[str, Any]) -> None:
    assert upstream_error(payload) is None
