"""The prompts have the sizes their names promise."""

from __future__ import annotations

import json

from scripts.bench.prompts import BLOCKS, TOOLS, long_prompt, short_prompt


def test_the_long_prompt_is_about_400_kilobytes() -> None:
    prompt = long_prompt(1)
    assert 400_000 < len(json.dumps(prompt)) < 520_000
    assert len(prompt["tools"]) == TOOLS
    kinds = [b["type"] for m in prompt["messages"] if isinstance(m["content"], list) for b in m["content"]]  # fmt: skip
    assert kinds.count("tool_use") == kinds.count("tool_result") == BLOCKS


def test_the_short_prompt_is_short() -> None:
    assert len(json.dumps(short_prompt(1))) < 400
