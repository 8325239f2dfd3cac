from __future__ import annotations

import pytest
from typing_extensions import override

from callbacks.translate.faults import ReplyFault
from callbacks.translate.reply_stream import Usage
from callbacks.translate.sse_translator import SseTranslator
from tests.helpers.anthropic_events import read_reply
from tests.helpers.chat_sse import context, data


class Echo(SseTranslator):
    """Says the `say` of each event, ends at `end`, breaks at `break`."""

    @override
    def _take_all(self, payloads: list[bytes], *, at_end: bool) -> None:
        for payload in payloads:
            event = self._parse(payload, at_end=at_end)
            self._writer.add("text", event.get("say", ""))
            if "break" in event:
                raise ReplyFault("network", "broken", retry=True)
            if "end" in event:
                self._close("end_turn", None, Usage(1, 2, 3))

    @override
    def _end(self) -> None:
        raise self._lost_end("lost", pending=False)


@pytest.fixture
def echo() -> Echo:
    return Echo(context())


def test_events_come_out_as_they_come_in(echo: Echo) -> None:
    first = echo.feed(data({"say": "a"}))
    assert echo.sent == "content"
    last = echo.feed(data({"say": "b", "end": 1}))
    assert read_reply(first + last).texts() == ["ab"]
    assert (echo.done, echo.stop_reason, echo.usage) == (True, "end_turn", Usage(1, 2, 3))
    assert echo.feed(data({"say": "c"})) + echo.finish() == b""


def test_the_last_event_may_lack_its_empty_line(echo: Echo) -> None:
    echo.feed(data({"say": "a", "end": 1}).rstrip())
    assert read_reply(echo.finish()).texts() == ["a"]
    assert echo.fault is None


def test_what_came_with_a_fault_is_kept_back_if_nothing_was_seen(echo: Echo) -> None:
    assert echo.feed(data({"say": "a"}) + data({"break": 1})) == b""
    assert echo.sent == "nothing"
    assert echo.fault is not None
    assert echo.feed(data({"say": "a"})) + echo.finish() == b""


def test_what_came_before_a_fault_is_shown_if_something_was_seen(echo: Echo) -> None:
    first = echo.feed(data({"say": "a"}))
    last = echo.feed(data({"say": "b"}) + data({"break": 1}))
    assert read_reply(first + last, must_end=False).texts() == ["ab"]


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([], "empty"),
        ([data({"say": "a"})], "cut"),
        ([b"oops"], "garbled"),
        ([b"data: {oops"], "cut"),
        ([b"data: {oops\n\n"], "garbled"),
    ],
)
def test_an_answer_without_an_end_says_how_it_was_lost(
    echo: Echo, pieces: list[bytes], kind: str
) -> None:
    for piece in pieces:
        echo.feed(piece)
    echo.finish()
    assert echo.fault is not None
    assert echo.fault.kind == kind
