"""How the catalogue's words for thinking become the translator's rules; the same for every chat dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from callbacks.translate.rules import ThinkingSwitch
from litellm_config.hook_settings import ModelFacts

_SWITCHES: Mapping[str, ThinkingSwitch] = {
    "switch": "object",
    "effort": "effort",
    "always": "none",
    "never": "none",
}


class ThinkingRules(TypedDict):
    """The part of `ChatRules` that is about thinking."""

    thinking_switch: ThinkingSwitch
    thinking_always: bool
    efforts: tuple[str, ...]


def thinking_rules(facts: ModelFacts) -> ThinkingRules:
    """Return how a model's thinking is controlled."""
    return {
        "thinking_switch": _SWITCHES[facts.thinking],
        "thinking_always": facts.thinking == "always",
        "efforts": facts.efforts,
    }
