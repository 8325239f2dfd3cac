"""The judge's own reader of streams."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from scripts.conformance.reply import Event, EventReader, Reply, assemble, obj, objs

STREAM = (
    b'event: message_start\r\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":3}}}\r\n\r\n'
    b": a comment\n\n"
    b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
    b'"content_block":{"type":"text","text":""}}\n\n'
    + 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"text":"é東"}}\n\n'.encode()
    + b'event: content_block_start\ndata: {"type":"content_block_start","index":1,'
    b'"content_block":{"type":"tool_use","id":"t","name":"Read","input":{}}}\n\n'
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"partial_json":"{\\"a\\""}}\n\n'
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"partial_json":":1}"}}\n\n'
    b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use"},'
    b'"usage":{"output_tokens":5,"input_tokens":null}}\n\n'
    b'data: {"type":"message_stop"}'
)


def read(chunks: list[bytes]) -> list[Event]:
    reader = EventReader()
    for chunk in chunks:
        reader.feed(chunk, 1.0)
    reader.finish(1.0)
    return reader.events


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_split_gives_the_same_events(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[a:b] for a, b in itertools.pairwise(edges)]
    assert read(chunks) == read([STREAM])


def test_a_stream_becomes_the_message_the_client_would_see() -> None:
    message = assemble(read([STREAM]))
    assert message == {
        "id": "m",
        "usage": {"input_tokens": 3, "output_tokens": 5},
        "stop_reason": "tool_use",
        "content": [
            {"type": "text", "text": "é東"},
            {"type": "tool_use", "id": "t", "name": "Read", "input": {"a": 1}},
        ],
    }


def test_a_reply_reads_a_stream_and_a_whole_answer_alike() -> None:
    events = read([STREAM])
    streamed = Reply(status=200, events=events, streamed=True)
    whole = Reply(status=200, body=json.dumps(assemble(events)).encode())
    for reply in (streamed, whole):
        assert (reply.text, reply.kinds, reply.stop_reason) == (
            "é東",
            ["text", "tool_use"],
            "tool_use",
        )
        assert reply.calls[0]["input"] == {"a": 1}
        assert reply.error is None
    assert streamed.start_usage == {"input_tokens": 3}


def test_an_unnamed_event_and_bad_json_are_kept_for_the_checks() -> None:
    events = read([b"data: {nope\n\ndata: [DONE]\n\n"])
    assert [(event.name, event.data, event.text) for event in events] == [
        (None, None, "{nope"),
        (None, None, "[DONE]"),
    ]


def test_broken_tool_arguments_leave_no_input() -> None:
    blocks = STREAM.replace(b":1}", b":1")
    assert assemble(read([blocks]))["content"][1]["input"] is None


def test_error_texts_are_found_wherever_gateways_put_them() -> None:
    bodies = (
        {"type": "error", "error": {"type": "api_error", "message": "why"}},
        {"error": "why"},
        {"message": "why"},
    )
    for body in bodies:
        assert Reply(status=500, body=json.dumps(body).encode()).error_message == "why"
    assert Reply(status=500, body=json.dumps(bodies[0]).encode()).error_type == "api_error"
    assert Reply(status=502, body=b"<html>").error_message == ""


def test_an_error_event_is_the_reply_s_error() -> None:
    stream = (
        b'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"why"}}\n\n'
    )
    assert Reply(status=200, events=read([stream]), streamed=True).error_message == "why"


def test_values_of_another_form_count_as_empty() -> None:
    assert (obj([1]), obj({"a": 1}), objs({"a": 1}), objs([1, {"a": 1}])) == (
        {},
        {"a": 1},
        [],
        [{"a": 1}],
    )
