from __future__ import annotations

import pytest

from callbacks.translate.faults import ReplyFault
from callbacks.translate.tool_calls import CallCollector, RawCall
from tests.helpers.chat_sse import call


def collected(*entries: dict[str, object]) -> list[tuple[str, str, str]]:
    collector = CallCollector()
    for entry in entries:
        collector.add(entry)
    return [(c.id, c.name, c.arguments) for c in collector.take_rest()]


def test_a_whole_call() -> None:
    assert collected(call("A", '{"x":1}', 0, "i")) == [("i", "A", '{"x":1}')]


def test_arguments_given_as_an_object_are_text() -> None:
    assert collected({"function": {"name": "A", "arguments": {"x": 1}}}) == [("", "A", '{"x":1}')]
    assert collected({"function": {"name": "A", "arguments": None}}) == [("", "A", "")]


@pytest.mark.parametrize("index", [0, None])
def test_pieces_that_repeat_id_and_name_are_one_call(index: int | None) -> None:
    pieces = [call("A", piece, index, "i") for piece in ('{"x"', ":1", "}", "")]
    assert collected(*pieces) == [("i", "A", '{"x":1}')]


def test_pieces_without_id_that_repeat_the_name_are_one_call() -> None:
    pieces = [call("A", piece, 0) for piece in ("", '{"x"', ":1}", "")]
    assert collected(*pieces) == [("", "A", '{"x":1}')]


def test_pieces_without_index_belong_to_their_id() -> None:
    assert collected(
        call("A", "{", None, "i"),
        call("B", "{", None, "j"),
        call("", "}", None, "i"),
        call("", "}", None),
    ) == [("i", "A", "{}"), ("j", "B", "{}")]


def test_a_name_that_comes_late_is_taken() -> None:
    assert collected(call("", "", 0, "i"), call("A", "{}", 0)) == [("i", "A", "{}")]


@pytest.mark.parametrize("index", [0, None])
def test_whole_calls_under_one_index_are_two(index: int | None) -> None:
    both = [call("A", '{"x":1}', index), call("A", '{"x":2}', index)]
    assert [arguments for _, _, arguments in collected(*both)] == ['{"x":1}', '{"x":2}']


def test_empty_shells_are_no_calls() -> None:
    collector = CallCollector()
    assert collector.is_empty
    collector.add({})
    collector.add({"index": 1, "function": {"name": "", "arguments": " "}})
    assert collector.is_empty
    assert collector.take_rest() == []


def test_whole_calls_are_taken_when_a_later_one_begins() -> None:
    collector = CallCollector()
    collector.add(call("A", '{"x":1}', 0))
    assert collector.take_whole() == []
    collector.add(call("B", "{", 1))
    assert [c.name for c in collector.take_whole()] == ["A"]
    assert collector.take_whole() == []
    collector.add(call("C", '{"x":1}', 2))
    assert collector.take_whole() == []
    assert [c.name for c in collector.take_rest()] == ["B", "C"]
    assert collector.take_rest() == []


def test_a_call_taken_cannot_go_on() -> None:
    collector = CallCollector()
    collector.add(call("A", '{"x":1}', 0))
    collector.add(call("B", "", 1))
    collector.take_whole()
    collector.add(call("C", "", 2))
    assert collector.take_whole() == []
    collector.add(call("", " ", 0))
    with pytest.raises(ReplyFault) as caught:
        collector.add(call("", "}", 0))
    assert caught.value.kind == "garbled"


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [("", False), ("{}", False), ('{"x":1', False), ('{"x":1}', True), ("x}", False)],
)
def test_only_an_object_with_something_in_it_is_surely_whole(arguments: str, whole: bool) -> None:
    assert RawCall(pieces=[arguments]).is_whole() is whole
