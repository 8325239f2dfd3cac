from __future__ import annotations

from typing import Any

import pytest

from callbacks.translate.system import BILLING_MARK, is_billing, system_text


def block(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


@pytest.mark.parametrize(
    ("system", "text"),
    [
        ("plain", "plain"),
        ([block("a"), block(" "), block("b")], "a\n\nb"),
        ([block(f"{BILLING_MARK}: cc_version=1"), block("b")], "b"),
        ([block("prefix"), block(f"{BILLING_MARK}: x"), block("b")], "prefix\n\nb"),
        (f"{BILLING_MARK}: x\n\nrest", "rest"),
        (f"{BILLING_MARK}: x", ""),
        (None, ""),
    ],
)
def test_the_system_prompt_is_one_string_without_the_billing_line(system: Any, text: str) -> None:
    notes: set[str] = set()
    assert system_text(system, notes) == text
    assert notes == ({"billing_header"} if BILLING_MARK in str(system) else set())


def test_billing_is_known_by_its_first_words() -> None:
    assert is_billing(block(f"{BILLING_MARK}: a"))
    assert not is_billing(block(f"see {BILLING_MARK}"))
