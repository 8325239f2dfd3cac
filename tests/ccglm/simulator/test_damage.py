from datetime import UTC, datetime

import pytest

from ccglm.simulator.damage import (
    WHERE,
    cut_position,
    end_at,
    error_at,
    only_done,
    truncated_line,
)
from ccglm.simulator.effects import Moment
from ccglm.simulator.events import Events, Frame
from ccglm.simulator.knobs import Knobs
from tests.helpers.provider_calls import a_request

MOMENT = Moment(a_request(), Knobs(), datetime.now(UTC))


def a_stream(thinking: int = 2, text: int = 3, tool: int = 1) -> Events:
    events = Events()
    events.add("start", b"data: start\n\n")
    events.add_words("thinking", Frame(b'data: {"t":', b"}\n\n"), ["t"] * thinking)
    events.add_words("text", Frame(b'data: {"w":', b"}\n\n"), ["w"] * text)
    for _ in range(tool):
        events.add("tool", b"data: tool\n\n", 5)
    events.add("finish", b"data: finish\n\n")
    events.add("done", b"data: [DONE]\n\n")
    return events


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("start", ["start"]),
        ("thinking", ["start", "thinking"]),
        ("text", ["start", "thinking", "thinking", "text", "text"]),
        ("tool", ["start", *["thinking"] * 2, *["text"] * 3, "tool"]),
        ("finish", ["start", *["thinking"] * 2, *["text"] * 3, "tool"]),
    ],
)
def test_a_stream_can_be_cut_at_each_place(where: str, kept: list[str]) -> None:
    events = a_stream()
    assert end_at(where, "eof")(events, MOMENT) == "eof"
    assert events.kinds == kept


@pytest.mark.parametrize("where", WHERE)
def test_a_stream_without_content_can_be_cut_anywhere(where: str) -> None:
    events = a_stream(0, 0, 0)
    assert 0 <= cut_position(events, where) <= len(events)


def test_a_place_the_stream_does_not_have_is_the_middle_of_what_it_has() -> None:
    assert cut_position(a_stream(0, 3, 0), "tool") == 3


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no such place 'middle'"):
        cut_position(a_stream(), "middle")


def test_an_error_takes_the_place_of_the_rest() -> None:
    events = a_stream()
    assert error_at("start")(events, MOMENT) == "eof"
    assert events.kinds == ["start", "fault"]
    assert b"queue_exceeded" in events.one(1)


def test_one_line_loses_its_end() -> None:
    events = a_stream()
    assert truncated_line(events, MOMENT) == "complete"
    assert len(events) == len(a_stream())
    broken = [i for i in range(1, 6) if not events.one(i).endswith(b"}\n\n")]
    assert len(broken) == 1
    assert events.one(broken[0]).endswith(b"\n\n")


def test_only_the_end_mark_is_left() -> None:
    events = a_stream()
    assert only_done(events, MOMENT) == "complete"
    assert events.joined(0, len(events)) == b"data: [DONE]\n\n"
