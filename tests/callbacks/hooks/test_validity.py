"""Bodies that nobody could make sense of."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.hooks.validity import details_of, problem_of

GOOD: dict[str, Any] = {"max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"max_tokens": None},
        {"tools": None},
        {"thread": None},
        {"messages": [{"role": "assistant", "content": []}]},
        {"messages": [{"role": "system", "content": "note"}, {"role": "user", "content": ""}]},
    ],
)
def test_what_can_be_made_valid_passes(changes: dict[str, Any]) -> None:
    assert problem_of({**GOOD, **changes}) is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"messages": None}, "messages: Input should be a valid list"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": ["x"]}, "messages.0: Input should be an object"),
        ({"messages": [{"role": "tool", "content": ""}]}, "messages.0.role: Input should be 'user' or 'assistant'"),
        ({"messages": [{"role": "user"}]}, "messages.0.content: Input should be a string or a list of blocks"),
        ({"max_tokens": True}, "max_tokens: Input should be a whole number of at least 1"),
        ({"tools": "none"}, "tools: Input should be a valid list"),
        ({"max_tokens": -1}, "max_tokens: Input should be a whole number of at least 1"),
        ({"max_tokens": "9"}, "max_tokens: Input should be a whole number of at least 1"),
    ],
)  # fmt: skip
def test_what_cannot_is_named(changes: dict[str, Any], problem: str) -> None:
    assert problem_of({**GOOD, **changes}) == problem


@pytest.mark.parametrize("thread", [{"type": "create"}, {"type": "continue", "previous_message_id": "msg_1"}])  # fmt: skip
def test_threads_are_refused_in_the_form_that_makes_sdks_do_without(thread: dict[str, str]) -> None:
    problem = problem_of({**GOOD, "thread": thread})
    assert problem is not None
    assert problem.startswith("thread: ")
    assert details_of(problem) == {"error_code": "thread_unsupported_request"}
    assert details_of("max_tokens: Input should be a whole number of at least 1") is None
