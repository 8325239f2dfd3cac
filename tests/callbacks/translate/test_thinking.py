from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callbacks.translate.context import OWN_SIGNATURE
from callbacks.translate.rules import ChatRules
from callbacks.translate.thinking import (
    Thinking,
    apply_thinking,
    nearest_effort,
    thinking_of_request,
    weakest_effort,
    without_foreign_signatures,
)
from tests.helpers.chat_rules import NARROW, STRICT

ADAPTIVE = {"type": "adaptive", "display": "omitted"}
OFF = {"type": "disabled"}


def budget(tokens: int) -> dict[str, Any]:
    return {"type": "enabled", "budget_tokens": tokens}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({}, Thinking(False, "")),
        ({"thinking": OFF, "output_config": {"effort": "max"}}, Thinking(False, "")),
        ({"thinking": ADAPTIVE}, Thinking(True, "")),
        ({"thinking": ADAPTIVE, "output_config": {"effort": "xhigh"}}, Thinking(True, "xhigh")),
        ({"output_config": {"effort": "high"}}, Thinking(False, "")),
        ({"thinking": budget(1_024)}, Thinking(True, "low")),
        ({"thinking": budget(10_000)}, Thinking(True, "medium")),
        ({"thinking": budget(31_999)}, Thinking(True, "high")),
        ({"thinking": budget(31_999), "output_config": {"effort": "low"}}, Thinking(True, "low")),
    ],
)
def test_what_the_client_asks_for(body: dict[str, Any], wanted: Thinking) -> None:
    assert thinking_of_request(body) == wanted


@pytest.mark.parametrize(
    ("effort", "accepted", "chosen"),
    [
        ("high", ("low", "high", "max"), "high"),
        ("medium", ("low", "high", "max"), "high"),
        ("xhigh", ("low", "high", "max"), "max"),
        ("xhigh", ("low", "medium", "high"), "high"),
        ("max", ("none", "low", "medium", "high"), "high"),
        ("minimal", ("none", "low", "high"), "low"),
        ("none", ("none", "low"), "none"),
        ("none", ("low", "high"), "low"),
        ("wild", ("low", "high", "max"), "high"),
        ("high", ("none",), None),
        ("high", (), None),
    ],
)
def test_the_nearest_effort(effort: str, accepted: tuple[str, ...], chosen: str | None) -> None:
    assert nearest_effort(effort, accepted) == chosen


def test_the_weakest_effort() -> None:
    assert weakest_effort(("max", "low", "high")) == "low"
    assert weakest_effort(()) is None


def applied(body: dict[str, Any], rules: ChatRules) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    apply_thinking(sent, body, rules)
    return sent


ALWAYS = replace(
    STRICT, thinking_switch="none", thinking_always=True, efforts=("low", "high", "max")
)
ALWAYS_OBJECT = replace(NARROW, thinking_always=True, efforts=("low", "high", "max"))
NEVER = replace(STRICT, thinking_switch="none", efforts=())
ON = {"type": "enabled", "clear_thinking": False}


@pytest.mark.parametrize(
    ("rules", "body", "sent"),
    [
        (STRICT, {"thinking": OFF}, {"reasoning_effort": "none"}),
        (STRICT, {}, {"reasoning_effort": "none"}),
        (STRICT, {"thinking": ADAPTIVE}, {}),
        (replace(STRICT, default_effort="medium"), {"thinking": ADAPTIVE}, {"reasoning_effort": "medium"}),
        (STRICT, {"thinking": budget(31_999)}, {"reasoning_effort": "high"}),
        (ALWAYS, {"thinking": OFF}, {"reasoning_effort": "low"}),
        (ALWAYS, {"thinking": ADAPTIVE, "output_config": {"effort": "xhigh"}}, {"reasoning_effort": "max"}),
        (NEVER, {"thinking": budget(9_000)}, {}),
        (NEVER, {}, {}),
        (NARROW, {"thinking": ADAPTIVE}, {"thinking": ON}),
        (NARROW, {"thinking": OFF}, {"thinking": OFF}),
        (ALWAYS_OBJECT, {"thinking": OFF}, {"thinking": ON, "reasoning_effort": "low"}),
    ],
)  # fmt: skip
def test_each_model_is_told_in_its_own_way(
    rules: ChatRules, body: dict[str, Any], sent: dict[str, Any]
) -> None:
    assert applied(body, rules) == sent


def test_signatures_of_others_are_taken_off() -> None:
    def thinking(signature: str) -> dict[str, Any]:
        return {"type": "thinking", "thinking": "hm", "signature": signature}

    text = {"type": "text", "text": "a"}
    content = [thinking("zai:abc"), thinking("claude"), thinking(OWN_SIGNATURE), thinking(""), text]
    message: dict[str, Any] = {"role": "assistant", "content": content}
    own = without_foreign_signatures(message, "zai:")
    assert [b.get("signature") for b in own["content"]] == ["abc", "", "", "", None]
    assert [b["signature"] for b in without_foreign_signatures(message, "")["content"][:4]] == [
        ""
    ] * 4
    assert message["content"][0]["signature"] == "zai:abc"


def test_encrypted_thinking_of_others_is_left_out() -> None:
    blocks = [
        {"type": "redacted_thinking", "data": "zai:x"},
        {"type": "redacted_thinking", "data": "other"},
    ]
    own = without_foreign_signatures({"role": "assistant", "content": blocks}, "zai:")
    assert own["content"] == [{"type": "redacted_thinking", "data": "x"}]
    plain = {"role": "assistant", "content": "a"}
    assert without_foreign_signatures(plain, "zai:") is plain
