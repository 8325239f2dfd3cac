from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.json_values import (
    as_array,
    as_count,
    as_object,
    as_text,
    is_array,
    is_object,
    objects_of,
    read_json,
    sound,
    sound_object,
    type_name,
    write_json,
)
from tests.helpers.conversations import JSON


@pytest.mark.parametrize(
    ("value", "count"),
    [(3, 3), (3.9, 3), (0, 0), (-1, 0), (True, 0), ("3", 0), (None, 0), (float("inf"), 0), (float("nan"), 0)],
)  # fmt: skip
def test_counts(value: object, count: int) -> None:
    assert as_count(value) == count


def test_wrong_types_give_the_empty_value() -> None:
    assert as_object([1]) == {}
    assert as_array({"a": 1}) == []
    assert as_text(1) == ""
    assert objects_of([{"a": 1}, 2, [3]]) == [{"a": 1}]
    assert is_object({})
    assert is_array([])
    assert not is_object(None)
    assert not is_array("a")


@pytest.mark.parametrize(
    ("value", "name"),
    [("a", "string"), (True, "boolean"), (1, "number"), (1.5, "number"), ({}, "object"), ([], "array"), (None, "null")],
)  # fmt: skip
def test_type_names(value: object, name: str) -> None:
    assert type_name(value) == name


@given(JSON)
def test_written_json_reads_back(value: Any) -> None:
    assert read_json(write_json(value)) == value


@given(st.text(max_size=5), st.text(st.characters(categories=["Cs"]), max_size=3))
def test_half_characters_are_written_as_replacements(text: str, halves: str) -> None:
    written = read_json(write_json({"a": [text + halves, 1]}))
    assert written["a"][0].startswith(text)
    written["a"][0].encode()


def test_halves_of_one_character_are_joined() -> None:
    assert sound("\ud83d\ude00") == "😀"
    assert sound({"\ud83d": ["\ud83d", None]}) == {"\ufffd": ["\ufffd", None]}


def test_json_that_is_nearly_json_is_read() -> None:
    assert read_json('"a\tb\nc"') == "a\tb\nc"
    assert read_json(rb'"\ud83d"') == "\ud83d"


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"a":Infinity}', "{'a':1}"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the readers differ in their words
        read_json(text)


def test_integers_beyond_64_bits_are_written_as_floats() -> None:
    assert write_json({"a": [2**64, -(2**63), 2**64 - 1, 10**400]}) == (
        '{"a":[1.8446744073709552e+19,-9223372036854775808,18446744073709551615,null]}'
    )


def test_an_object_that_is_sound_is_not_copied() -> None:
    value = {"a": "b"}
    assert sound_object(value) is value
    assert sound_object({"a": "\ud83d"}) == {"a": "\ufffd"}
