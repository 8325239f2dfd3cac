"""A temperature only ever gets lower."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.hooks.temperature import (
    DEFAULT_TEMPERATURE,
    Temperature,
    has_code,
    lowered_temperature,
)
from tests.helpers.dialects import hook_settings

TOOLS = [{"name": "Read"}]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, None),
        ({"temperature": 0.3}, 0.3),
        ({"temperature": 1.7}, 1.0),
        ({"tools": TOOLS}, 0.85),
        ({"tools": TOOLS, "temperature": 0}, 0),
        ({"tools": TOOLS, "temperature": 0.5}, 0.425),
        ({"messages": [{"role": "user", "content": "```py\n1\n```"}]}, 0.85),
        ({"temperature": "hot"}, "hot"),
    ],
)
def test_what_is_sent(request_: dict[str, Any], expected: object) -> None:
    request = dict(request_)
    Temperature(hook_settings()).apply(request)
    assert request.get("temperature") == expected


def test_a_low_cap_lowers_the_default_too() -> None:
    request: dict[str, Any] = {}
    Temperature(hook_settings(temperature_cap=0.6, temperature_code_scale=1.0)).apply(request)
    assert request["temperature"] == 0.6


@given(
    st.one_of(st.none(), st.floats(0, 2)),
    st.floats(0, 2),
    st.floats(0.01, 1),
)
def test_it_never_rises(asked: float | None, cap: float, scale: float) -> None:
    lowered = lowered_temperature(asked, cap=cap, scale=scale)
    start = DEFAULT_TEMPERATURE if asked is None else asked
    if lowered is not None:
        assert lowered <= start
        assert lowered <= cap


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("plain", False),
        ("```\ncode\n```", True),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "```x```"}], True),
        ([{"type": "image"}], False),
        (None, False),
    ],
)
def test_code_is_seen_in_the_newest_message(content: object, expected: bool) -> None:
    older = {"role": "user", "content": "```old```"}
    assert has_code({"messages": [older, {"role": "user", "content": content}]}) is expected


def test_no_messages_hold_no_code() -> None:
    assert has_code({}) is False
