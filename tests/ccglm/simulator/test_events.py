from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.events import Events, Frame, json_text

WORDS = st.lists(st.text(max_size=6), max_size=12)


def a_stream(thinking: list[str], text: list[str]) -> Events:
    events = Events()
    events.add("start", b"<start>")
    events.add_words("thinking", Frame(b"<t>", b"</t>"), thinking)
    events.add_words("text", Frame(b"<w>", b"</w>"), text)
    events.add("finish", b"<finish>", tokens=3)
    return events


@given(WORDS, WORDS, st.data())
def test_any_range_joined_is_its_events_one_by_one(
    thinking: list[str], text: list[str], data: st.DataObject
) -> None:
    events = a_stream(thinking, text)
    start = data.draw(st.integers(0, len(events)))
    stop = data.draw(st.integers(start, len(events)))
    assert events.joined(start, stop) == b"".join(events.one(i) for i in range(start, stop))


def test_words_are_json_in_their_frame_and_one_token_each() -> None:
    events = a_stream([], ['say "hi"'])
    assert events.one(1) == b'<w>"say \\"hi\\""</w>'
    assert events.tokens == [0, 1, 3]
    assert events.kinds == ["start", "text", "finish"]


def test_a_stream_can_be_cut_and_single_events_replaced() -> None:
    events = a_stream(["a"], ["b"])
    events.replace(1, b"<broken>")
    events.cut(2)
    assert events.joined(0, 2) == b"<start><broken>"
    assert len(events) == 2


def test_words_keep_their_characters() -> None:
    assert json_text("東京 🦊") == '"東京 🦊"'.encode()


def test_a_group_is_cut_at_its_pauses() -> None:
    events = a_stream(["a"], ["b", "c"])
    events.pauses_s = {0: 1.0, 2: 3.0, 9: 5.0}
    assert events.before_pauses(range(5)) == [(1.0, range(2)), (3.0, range(2, 5))]
    assert events.before_pauses(range(3, 5)) == [(0.0, range(3, 5))]
