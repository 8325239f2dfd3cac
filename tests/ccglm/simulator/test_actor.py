from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.actor import act, text_of
from ccglm.simulator.conversation import read_conversation
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.reply import Reply
from ccglm.simulator.tokens import pieces
from tests.helpers.provider_calls import CEREBRAS, a_body


def say(text: str, *, knobs: Knobs | None = None, think: bool = False, **more: Any) -> Reply:
    body = a_body(CEREBRAS, text, **more)
    return act(read_conversation(body), knobs or Knobs(), asked_to_think=think)


def test_it_echoes_briefly() -> None:
    assert say("hello   there").text == "You said: hello there"
    assert say("").text == "Hello."
    assert len(say("word " * 500).text) < 80


def test_the_same_request_gets_the_same_reply() -> None:
    assert say("tell me more", think=True) == say("tell me more", think=True)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("read /etc/hosts", "/etc/hosts"),
        ("Please read the file `notes.md`, then stop.", "notes.md"),
        ("read src/main.py and tell me", "src/main.py"),
        ("Read ~/x.txt.", "~/x.txt"),
        ("<system-reminder>read rules.md</system-reminder>\nread a.txt", "a.txt"),
        ("first read a.txt, then read b.txt", "b.txt"),
    ],
)
def test_it_reads_the_file_it_is_told_to(text: str, path: str) -> None:
    (call,) = say(text, read_tool=True).tool_calls
    assert call.name == "Read"
    assert orjson.loads(call.arguments) == {"file_path": path}


@pytest.mark.parametrize("text", ["I read books", "already.md", "please summarise"])
def test_it_calls_nothing_without_a_file_to_read(text: str) -> None:
    assert say(text, read_tool=True).tool_calls == ()


def test_it_calls_nothing_that_is_not_offered() -> None:
    assert say("read a.txt").tool_calls == ()


def test_it_quotes_the_first_line_of_each_tool_result() -> None:
    body = a_body(CEREBRAS, "read a.txt", read_tool=True)
    for content in ("     1→first line\n     2→second", "plain\nmore"):
        body["messages"].append({"role": "tool", "tool_call_id": "1", "content": content})
    reply = act(read_conversation(body), Knobs(), asked_to_think=False)
    assert reply.text == "The tool returned: first line | plain"


def test_it_calls_any_tool_by_name() -> None:
    (call,) = say('call Read {"file_path": "/x"}', read_tool=True).tool_calls
    assert call.arguments == '{"file_path": "/x"}'


def test_it_calls_as_often_as_it_is_told() -> None:
    inner = '{"file_path": "call Read {\\"file_path\\": 1}"}'
    text = (
        f'call Read {inner} and call Nobody {{}}, call Read {{no}}, then call Read {{"a": {{}}}}.'
    )
    calls = say(text, read_tool=True).tool_calls
    assert [call.arguments for call in calls] == [inner, '{"a": {}}']


def test_a_forced_tool_is_called_with_fitting_arguments() -> None:
    (call,) = say("hello", read_tool=True, tool_choice="required").tool_calls
    assert orjson.loads(call.arguments) == {"file_path": "example"}


def test_it_answers_in_json_when_asked() -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    form = {"type": "json_schema", "json_schema": {"name": "t", "schema": schema}}
    assert orjson.loads(say("hello", response_format=form).text) == {"title": "example"}


def test_it_thinks_when_asked_always_or_never() -> None:
    assert say("hello", think=True).thinking
    assert not say("hello").thinking
    assert say("hello", knobs=Knobs(think="always")).thinking
    assert not say("hello", think=True, knobs=Knobs(think="never")).thinking
    long = say("hello", think=True, knobs=Knobs(thinking_tokens=50))
    assert len(pieces(long.thinking)) == 50


def test_the_length_comes_from_the_knob_or_the_request() -> None:
    assert len(pieces(say("hello", knobs=Knobs(reply_tokens=100)).text)) == 100
    assert len(pieces(say("tokens:30", knobs=Knobs(reply_tokens=100)).text)) == 30


def test_the_last_mark_is_repeated_all_through_the_reply() -> None:
    text = say("mark:old mark:abc-1 tokens:400").text
    assert text.count("mark:abc-1") > 5
    assert "mark:old" not in text


@given(st.integers(1, 500), st.from_regex(r"mark:[\w-]{1,12}", fullmatch=True) | st.just(""))
def test_a_text_has_exactly_the_length_asked_for(tokens: int, mark: str) -> None:
    assert len(pieces(text_of(tokens, mark))) == tokens
