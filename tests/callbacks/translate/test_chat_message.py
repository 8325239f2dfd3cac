from __future__ import annotations

from callbacks.translate.chat_message import text_of, text_of_content, thinking_of


def test_thinking_is_found_under_either_key_and_counted_once() -> None:
    assert thinking_of({"reasoning": "a"}) == "a"
    assert thinking_of({"reasoning_content": "b"}) == "b"
    assert thinking_of({"reasoning": "a", "reasoning_content": "b"}) == "a"
    assert thinking_of({"reasoning": None}) == ""


def test_text_includes_a_refusal() -> None:
    assert text_of({"content": "a", "refusal": "b"}) == "ab"
    assert text_of({"content": None}) == ""


def test_parts_are_joined() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}, {"type": "x"}]
    assert text_of_content(parts) == "ab"
