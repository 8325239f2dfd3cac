"""What is no Messages request is named; everything else passes."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.translate.request_check import problem_of

GOOD: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        {**GOOD, "tools": None},
        {**GOOD, "tools": []},
        {**GOOD, "messages": [{"role": "system", "content": [{"type": "text", "text": "x"}]}]},
        {**GOOD, "max_tokens": "many", "temperature": "hot"},
    ],
)
def test_what_can_be_translated_passes(body: dict[str, Any]) -> None:
    assert problem_of(body) == ""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"messages": GOOD["messages"]}, "model: Field required"),
        ({**GOOD, "model": 5}, "model: Input should be a valid string"),
        ({**GOOD, "model": ""}, "model: Input should be a valid string"),
        ({"model": "m"}, "messages: Field required"),
        ({**GOOD, "messages": "hi"}, "messages: Input should be a valid list"),
        ({**GOOD, "messages": []}, "messages: at least one message is required"),
        ({**GOOD, "messages": ["hi"]}, "messages.0: Input should be an object"),
        ({**GOOD, "messages": [{"content": "hi"}]}, "messages.0.role: Field required"),
        (
            {**GOOD, "messages": [*GOOD["messages"], {"role": "user", "content": 5}]},
            "messages.1.content: Input should be a string or a list of blocks",
        ),
        ({**GOOD, "tools": "none"}, "tools: Input should be a valid list"),
    ],
)
def test_what_cannot_is_named_with_its_place(body: dict[str, Any], problem: str) -> None:
    assert problem_of(body) == problem
