from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.token_template import TokenTemplate


def payload(text: str, created: int = 1, *, ascii_only: bool = False) -> bytes:
    value = {
        "created": created,
        "choices": [{"delta": {"content": text}, "index": 0}],
        "model": "m",
    }
    return b" " + json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only).encode()


@given(st.text(), st.text(min_size=1), st.booleans())
def test_a_chunk_with_another_text_is_recognised(first: str, second: str, ascii_only: bool) -> None:
    template = TokenTemplate("content", "text")
    template.learn(payload(first, ascii_only=ascii_only), first)
    assert template.text_of(payload(second, ascii_only=ascii_only)) == second


@pytest.mark.parametrize(
    "other",
    [
        payload("b", created=2),
        payload(""),
        payload("b")[:-1],
        payload("b")[:20],
        payload("b").replace(b'"b"', b'"b","role":"x"'),
        payload("b").replace(b'"b"', b"null"),
        payload("b").replace(b'"b"', b'["b"]'),
        payload("b").replace(b'"b"', b'"\\ud83d"'),
        b"[DONE]",
        b"",
    ],
)
def test_other_chunks_are_left_to_the_parser(other: bytes) -> None:
    template = TokenTemplate("content", "text")
    assert template.text_of(payload("a")) is None
    template.learn(payload("a"), "a")
    assert template.text_of(other) is None


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        (b'{"text":"a"}', "a"),
        (b'{"content":"a","x":{"content":"a"}}', "a"),
        (b'{"content": "a"}', "a"),
        (b'{"content":"b"}', "a"),
        (b'{"content":["a"]}', "a"),
    ],
)
def test_a_chunk_that_is_not_clear_is_not_learned(chunk: bytes, text: str) -> None:
    template = TokenTemplate("content", "text")
    template.learn(chunk, text)
    assert template.text_of(chunk) is None


def test_learning_stops_when_chunks_never_repeat() -> None:
    template = TokenTemplate("content", "text")
    for created in range(50):
        template.learn(payload("a", created), "a")
    assert template.text_of(payload("a", 49)) is None
    assert template.text_of(payload("a", 16)) == "a"
