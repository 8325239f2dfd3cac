"""Bodies are read whole and mended."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.request_body import Message, mended, replayed, whole_body

WITH_HALVES = st.lists(
    st.sampled_from(
        ["\ud83e", "\udd8a", "\ud83e\udd8a", "\\", '"', "\\ud83e", "u", "d83e", "é", "\n", "x"]
    )
).map("".join)


@given(WITH_HALVES)
def test_halves_are_replaced_and_all_else_is_kept(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    sent = json.dumps({"text": text}).encode()
    read = orjson.loads(mended(sent))["text"]
    assert read.replace("\ufffd", "") == whole.replace("\ufffd", "")
    assert ("\ufffd" in read) == ("\ufffd" in whole)


@given(st.dictionaries(st.text(), st.text()))
def test_a_sound_body_is_not_touched(value: dict[str, str]) -> None:
    for sent in (json.dumps(value).encode(), orjson.dumps(value)):
        assert mended(sent) == sent


@pytest.mark.parametrize("text", [r'{"a": "\\ud83e"}', r'{"a": "\ud83e\udd8a"}', r'{"a": "\\\\"}'])
def test_what_only_looks_like_half_a_pair_stays(text: str) -> None:
    assert mended(text.encode()) == text.encode()


async def test_a_body_is_read_whole_and_handed_on_in_one_piece() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"c"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    assert await whole_body(receive) == b"abc"
    replay = replayed(b"abc", receive)
    assert await replay() == {"type": "http.request", "body": b"abc", "more_body": False}
    assert await replay() == {"type": "http.disconnect"}


async def test_a_client_that_left_has_no_body() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    assert await whole_body(receive) is None
