"""The catalogue's words for thinking as rules."""

from __future__ import annotations

import pytest

from callbacks.dialects.chat_rules import thinking_rules
from tests.helpers.dialects import CEREBRAS_FACTS, facts


@pytest.mark.parametrize(
    ("thinking", "switch", "always"),
    [("switch", "object", False), ("effort", "effort", False), ("always", "none", True), ("never", "none", False)],
)  # fmt: skip
def test_each_way_of_thinking_has_its_rule(thinking: str, switch: str, always: bool) -> None:
    rules = thinking_rules(facts(CEREBRAS_FACTS, thinking=thinking, efforts=("low", "max")))
    assert rules == {
        "thinking_switch": switch,
        "thinking_always": always,
        "efforts": ("low", "max"),
    }
