"""The user's own rule: asked, believed, and never a reason to fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callbacks import guard
from callbacks.hooks.custom_rule import CustomRule, RequestSummary

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "route_by_text.py"


def a_summary(**changes: Any) -> RequestSummary:
    values: dict[str, Any] = {
        "model": "opus", "tokens": 10_000, "messages": 3, "tools": ("Read",), "has_image": False, "thinks": False,
        "agent_id": "", "session_id": "s", "last_text": "hello",
    }  # fmt: skip
    return RequestSummary(**{**values, **changes})


def a_rule(tmp_path: Path, body: str) -> CustomRule:
    file = tmp_path / "rule.py"
    file.write_text(f"def rule(request):\n    {body}\n")
    return CustomRule(f"{file}:rule")


def test_the_example_works() -> None:
    rule = CustomRule(f"{EXAMPLE}:route")
    assert rule
    assert rule.ask(a_summary(last_text="A Code Review, please")) == "main"
    assert rule.ask(a_summary(tokens=10, tools=())) == "fast"
    assert rule.ask(a_summary()) is None


def test_no_rule_wants_nothing() -> None:
    rule = CustomRule(None)
    assert not rule
    assert rule.ask(a_summary()) is None


@pytest.mark.parametrize("body", ["raise RuntimeError('private text')", "return 3"])
def test_a_rule_that_fails_is_noted_and_ignored(tmp_path: Path, body: str) -> None:
    before = sum(guard.counts().values())
    assert a_rule(tmp_path, body).ask(a_summary()) is None
    assert sum(guard.counts().values()) == before + 1


@pytest.mark.parametrize("place", ["/nowhere/rule.py:rule", "{folder}/rule.py:missing", "{folder}/broken.py:rule"])  # fmt: skip
def test_a_rule_that_cannot_be_loaded_is_none(tmp_path: Path, place: str) -> None:
    (tmp_path / "rule.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("def rule(:\n")
    assert not CustomRule(place.format(folder=tmp_path))
