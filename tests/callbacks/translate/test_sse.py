from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate import sse
from callbacks.translate.faults import ReplyFault
from callbacks.translate.sse import SseReader
from tests.helpers.chat_sse import cuts


def payloads(*pieces: bytes) -> list[bytes]:
    reader = SseReader()
    found = [payload for piece in pieces for payload in reader.feed(piece)]
    return [payload.strip() for payload in found + reader.finish()]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data:a\r\n\r\ndata:b\r\n\r\n", [b"a", b"b"]),
        (b"event: x\nid: 1\nretry: 5\ndata: a\n\n", [b"a"]),
        (b": comment\n\n: another\ndata: a\n\n", [b"a"]),
        (b"data: a\ndata: b\n\n", [b"a\n b"]),
        (b"\n\n\ndata: a\n\n\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data: a", [b"a"]),
        (b"data: a\n", [b"a"]),
        (b"data\n\n", []),
        (b'{"error": 1}', [b'{"error": 1}']),
        (b'{"error": 1}\n\n', [b'{"error": 1}']),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"\xef\xbb\xbfdata: a", [b"a"]),
        (b"", []),
        ("data: 你\u2028好\n\n".encode(), ["你\u2028好".encode()]),
    ],
)
def test_events_give_their_data(stream: bytes, expected: list[bytes]) -> None:
    assert payloads(stream) == expected
    assert payloads(*[stream[n : n + 1] for n in range(len(stream))]) == expected


PIECES = st.sampled_from(
    [
        b"data: a\n\n",
        b"data:\xc3\xa4\n\n",
        b": ping\n\n",
        b"event: e\ndata: {}\n\n",
        b"\n",
        b"data: x\r\n\r\n",
    ]
)


@given(st.lists(PIECES, max_size=8).map(b"".join).flatmap(lambda w: st.tuples(st.just(w), cuts(w))))
def test_any_cut_gives_the_same_events(case: tuple[bytes, list[bytes]]) -> None:
    whole, pieces = case
    assert payloads(*pieces) == payloads(whole)


def test_something_else_than_events_is_seen() -> None:
    reader = SseReader()
    reader.feed(b": ok\n\ndata: a\n\n")
    assert not reader.strange
    reader.feed(b"<html>\n<body>\n\n")
    assert reader.strange


def test_a_line_without_an_end_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 10)
    reader = SseReader()
    reader.feed(b"data: " + b"x" * 4)
    with pytest.raises(ReplyFault, match="endless"):
        reader.feed(b"x")


def test_held_bytes_are_counted_anew_after_each_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 10)
    reader = SseReader()
    for _ in range(5):
        assert reader.feed(b"data: ") + reader.feed(b"x\n\n") == [b" x"]
