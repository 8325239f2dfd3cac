"""Only the names of called tools are read, however the events are cut into lines."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from callbacks.usage_tools import tools_in_events, tools_in_message


def tool_start(name: object, index: int = 0) -> bytes:
    block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    event = {"type": "content_block_start", "index": index, "content_block": block}
    return b"event: content_block_start\ndata: " + json.dumps(event).encode() + b"\n\n"


def text_delta(text: str) -> bytes:
    delta = {"type": "text_delta", "text": text}
    event = {"type": "content_block_delta", "index": 0, "delta": delta}
    return b"event: content_block_delta\ndata: " + json.dumps(event).encode() + b"\n\n"


def test_each_call_gives_its_name() -> None:
    events = text_delta("hi") + tool_start("Read") + tool_start("Bash", 1) + tool_start("Read", 2)

    assert tools_in_events(events) == ("Read", "Bash", "Read")


def test_an_end_that_speaks_of_tools_is_no_call() -> None:
    end = b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}\n\n'

    assert tools_in_events(end) == ()
    assert tools_in_events(b": ping\n\n") == ()
    assert tools_in_events(b'data: {"tool_use" broken\n\n') == ()


@given(st.text(), st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_no_text_passes_for_a_call(text: str, names: list[str]) -> None:
    quoted = text_delta(text + tool_start("Fake").decode() + '"tool_use"')
    events = quoted + b"".join(map(tool_start, names)) + quoted

    assert tools_in_events(events) == tuple(names)


def test_a_whole_message_gives_the_same() -> None:
    message = {
        "content": [
            {"type": "text", "text": '"tool_use"'},
            {"type": "tool_use", "name": "Read", "input": {"path": "/secret"}},
            {"type": "tool_use", "name": 5},
            "odd",
        ]
    }
    assert tools_in_message(message) == ("Read", "")
    assert tools_in_message({}) == ()
