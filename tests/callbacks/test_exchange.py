"""Reading what comes back, whole or broken."""

from __future__ import annotations

import pytest

from callbacks.dialects.causes import Cause
from callbacks.exchange import (
    MAX_ERROR_BYTES,
    SendFailed,
    read_answer,
    read_beginning,
    until_closed,
)
from callbacks.translate.faults import ReplyFault
from tests.helpers.upstreams import FakeUpstream


async def test_the_exchange_ends_with_its_last_byte() -> None:
    upstream = FakeUpstream(200, [b"a", b"b"])
    assert [data async for data in until_closed(upstream)] == [b"a", b"b"]
    assert upstream.closed


async def test_the_exchange_ends_when_nobody_wants_the_rest() -> None:
    upstream = FakeUpstream(200, [b"a", b"b"])
    pieces = until_closed(upstream)
    await anext(pieces)
    await pieces.aclose()
    assert upstream.closed


async def test_no_more_of_an_error_is_read_than_anybody_would_read() -> None:
    upstream = FakeUpstream(500, [b"x" * 10_000] * 100)
    assert MAX_ERROR_BYTES <= len(await read_beginning(upstream)) <= MAX_ERROR_BYTES + 10_000


async def test_an_error_that_breaks_off_is_read_as_far_as_it_came() -> None:
    upstream = FakeUpstream(500, [b"half", SendFailed(Cause.RESET, "broke")])
    assert await read_beginning(upstream) == b"half"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'"x"'])
def test_only_a_json_object_is_an_answer(body: bytes) -> None:
    with pytest.raises(ReplyFault) as caught:
        read_answer(body)
    assert caught.value.kind == "garbled"
    assert caught.value.retry


def test_an_answer_is_read() -> None:
    assert read_answer(b'{"choices":[]}') == {"choices": []}
