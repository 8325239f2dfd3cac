from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import write_json
from callbacks.translate.tool_arguments import is_cut_off, mend_call, read_arguments
from tests.helpers.chat_sse import context
from tests.helpers.conversations import JSON

PAIR = "<arg_key>file_path</arg_key><arg_value>/a</arg_value>"


def mended(name: str, arguments: str, **fields: Any) -> tuple[str, Any]:
    call = mend_call(name, arguments, context(**fields))
    return call.name, json.loads(call.arguments)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4))
def test_sound_arguments_are_passed_on_to_the_letter(value: dict[str, Any]) -> None:
    text = write_json(value)
    assert mend_call("Unknown", text, context()) == ("Unknown", text)


@pytest.mark.parametrize("text", ["", " ", "null", "{}", '"{}"'])
def test_no_arguments_are_an_empty_object(text: str) -> None:
    assert mended("Now", text) == ("Now", {})


@pytest.mark.parametrize(
    "text",
    [
        '{"file_path":"/a"}',
        ' {"file_path": "/a"} \n',
        '"{\\"file_path\\":\\"/a\\"}"',
        '```json\n{"file_path":"/a"}\n```',
        '{}{"file_path":"/a"}',
        '{"file_path":"/a"}{"file_path":"/a"}',
        "{'file_path': '/a'}",
        PAIR,
        f"<tool_call>{PAIR}</tool_call>",
        '{"file_path":"/a","limit":null}',
    ],
)
def test_arguments_that_are_only_written_oddly_are_read(text: str) -> None:
    assert mended("Read", text) == ("Read", {"file_path": "/a"})


def test_raw_line_breaks_in_strings_are_read() -> None:
    assert mended("Read", '{"file_path":"/a\n\tb"}') == ("Read", {"file_path": "/a\n\tb"})


@pytest.mark.parametrize(
    "text",
    [
        '{"file_path":"/a',
        '{"file_path":"/a"',
        '{"file_path":}',
        "[1]",
        "3",
        "words",
        '"words"',
        '{"file_path":"/a"}{"file_path":"/b"}',
        "{'file_path': {1, 2}}",
        "{'file_path': open('/a')}",
        "{1}",
        "<arg_key>file_path</arg_key><arg_value>/a",
        f"{PAIR} and more",
        '{"a":NaN}',
    ],
)
def test_what_would_have_to_be_guessed_is_a_fault(text: str) -> None:
    assert is_cut_off(text)
    with pytest.raises(ReplyFault) as caught:
        mended("Read", text)
    assert (caught.value.kind, caught.value.retry) == ("bad_tool_call", True)


def test_a_nested_object_written_as_text_is_read_by_the_schema() -> None:
    assert mended("Todo", '{"todos":"[{\\"a\\":1}]"}') == ("Todo", {"todos": [{"a": 1}]})


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (f"Read{PAIR}", ""),
        (f"Read\n{PAIR}", "{}"),
        (f"<tool_call>Read\n{PAIR}</tool_call>", ""),
        ("Read<arg_key>file_path", '{"file_path":"/a"}'),
        ("Read<arg_key>file_path</arg_key>", "<arg_value>/a</arg_value>"),
    ],
)
def test_markup_that_leaked_into_the_name_is_read(name: str, arguments: str) -> None:
    assert mended(name, arguments) == ("Read", {"file_path": "/a"})


def test_leaked_values_get_the_type_of_the_schema() -> None:
    limit = "<arg_key>limit</arg_key><arg_value>{}</arg_value>"
    assert mended(f"Read{PAIR}{limit.format(7)}", "")[1] == {"file_path": "/a", "limit": 7}
    assert mended(f"Read{PAIR}{limit.format('x')}", "")[1] == {"file_path": "/a", "limit": "x"}
    number = PAIR.replace(">/a<", ">12<")
    assert mended(f"Read{number}", "")[1] == {"file_path": "12"}


@pytest.mark.parametrize(
    ("name", "arguments"), [("Read<arg_key>file_path", ""), ("Read<arg_key>file_path", "{oops")]
)
def test_markup_that_lost_its_value_is_a_fault(name: str, arguments: str) -> None:
    with pytest.raises(ReplyFault):
        mended(name, arguments)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Read", "Read"),
        ("read", "Read"),
        (" Read ", "Read"),
        ("functions.Read", "Read"),
        ("functions.read:0", "Read"),
        ("Rd", "Read"),
        ("functions.Rd:1", "Read"),
        ("Write", "Write"),
    ],
)
def test_names_are_found_as_the_client_knows_them(name: str, found: str) -> None:
    assert mended(name, '{"file_path":"/a"}', tool_names={"Rd": "Read"})[0] == found


def test_names_alike_are_not_guessed() -> None:
    schemas = {"READ": {}, "Read": {}}
    assert mended("read", "{}", tool_schemas=schemas)[0] == "read"


def test_a_call_without_a_name_is_given_to_the_only_tool_that_fits() -> None:
    assert mended("", '{"file_path":"/a"}') == ("Read", {"file_path": "/a"})
    for arguments in ("{}", '{"odd":1}'):
        with pytest.raises(ReplyFault, match="without naming"):
            mended("", arguments)


@given(st.text(max_size=30))
def test_any_text_is_read_or_not_but_never_breaks(text: str) -> None:
    value = read_arguments(text)
    assert value is None or write_json(value)
