from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.context import OWN_SIGNATURE
from callbacks.translate.faults import ReplyFault
from callbacks.translate.response import to_message
from callbacks.translate.stream import ChatStream
from tests.helpers.anthropic_events import MESSAGE, read_reply
from tests.helpers.chat_sse import USAGE, call, chunk, context, run


def completion(finish: str = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish, "index": 0}], "usage": USAGE}


def answered(value: dict[str, Any], **fields: Any) -> dict[str, Any]:
    message = to_message(value, context(**fields))
    MESSAGE.validate_python(message)
    return message


def test_a_whole_answer() -> None:
    message = answered(
        completion(
            "tool_calls",
            reasoning="hm",
            content="ok",
            tool_calls=[call("Read", '{"file_path":"/a"}', 0, "a1")],
        )
    )
    assert message == {
        "id": "msg_test",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": OWN_SIGNATURE},
            {"type": "text", "text": "ok"},
            {"type": "tool_use", "id": "a1", "name": "Read", "input": {"file_path": "/a"}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 8,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 128,
            "output_tokens": 87,
        },
    }


def test_calls_without_index_or_with_the_same_one_are_all_kept() -> None:
    calls = [call("Now", "", 0), call("Now", "{}", 0), call("Now", "{}", None)]
    content = answered(completion("tool_calls", tool_calls=calls))["content"]
    assert [block["name"] for block in content] == ["Now"] * 3
    assert len({block["id"] for block in content}) == 3


def test_stop_sequences_cut_the_text_and_what_follows() -> None:
    message = answered(
        completion(content="a STOP b", tool_calls=[call("Now", "{}")]), stop_sequences=("STOP",)
    )
    assert message["content"] == [{"type": "text", "text": "a "}]
    assert (message["stop_reason"], message["stop_sequence"]) == ("stop_sequence", "STOP")


def test_a_silent_stop_is_named_where_the_text_shows_it() -> None:
    message = answered(completion(content="<b>a"), sent_stop_sequences=("</b>",))
    assert (message["stop_reason"], message["stop_sequence"]) == ("stop_sequence", "</b>")
    assert answered(completion(content="a"), sent_stop_sequences=("</b>",))["stop_sequence"] is None


def test_a_call_cut_by_the_limit_is_left_out() -> None:
    calls = [call("Now", "{}", 0), call("Read", '{"file', 1)]
    message = answered(completion("length", tool_calls=calls))
    assert [block["name"] for block in message["content"]] == ["Now"]
    assert message["stop_reason"] == "max_tokens"


def test_missing_usage_is_estimated() -> None:
    value = completion(content="x" * 36)
    del value["usage"]
    assert answered(value)["usage"]["input_tokens"] == 100
    assert answered(value)["usage"]["output_tokens"] == 10


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({}, "empty"),
        ({"choices": []}, "empty"),
        ({"choices": [{"message": {"content": "a"}}]}, "empty"),
        (completion(), "empty"),
        (completion(content=" "), "empty"),
        (completion(reasoning="hm"), "empty"),
        (completion("tool_calls", content="a"), "no_tool_call"),
        (completion("network_error", content="a"), "network"),
        (completion("tool_calls", tool_calls=[call("Read", "{oops")]), "bad_tool_call"),
        ({"error": {"message": "busy"}}, "upstream_error"),
        ({"code": "1302", "message": "busy"}, "upstream_error"),
    ],
)
def test_an_answer_that_is_none_is_a_fault(value: dict[str, Any], kind: str) -> None:
    with pytest.raises(ReplyFault) as caught:
        to_message(value, context())
    assert caught.value.kind == kind


TEXTS = st.text(max_size=8)
CALLS = st.lists(
    st.builds(
        call,
        st.sampled_from(["Read", "read", "Now", ""]),
        st.sampled_from(["", "{}", '{"file_path":"/a"}', "{oops", '"{}"']),
        st.none(),
        st.sampled_from(["", "a1", "a2"]),
    ),
    max_size=3,
)
FINISHES = st.sampled_from(["stop", "tool_calls", "length", "sensitive", "network_error"])


@given(TEXTS, TEXTS, CALLS, FINISHES)
def test_streaming_or_not_the_answer_is_the_same(
    thinking: str, text: str, calls: list[dict[str, Any]], finish: str
) -> None:
    stream = ChatStream(context())
    indexed = [{**entry, "index": n} for n, entry in enumerate(calls)]
    raw = run(
        stream,
        chunk(reasoning=thinking)
        + chunk(content=text)
        + chunk(tool_calls=indexed)
        + chunk(finish, USAGE),
    )
    value = completion(finish, reasoning=thinking, content=text, tool_calls=calls)
    if stream.fault is not None:
        with pytest.raises(ReplyFault) as caught:
            to_message(value, context())
        assert (caught.value.kind, caught.value.retry) == (stream.fault.kind, stream.fault.retry)
        return
    message = to_message(value, context())
    reply = read_reply(raw)
    assert reply.stop_reason == message["stop_reason"]
    assert reply.usage == message["usage"]
    for kind in ("thinking", "text"):
        assert reply.texts(kind) == [b[kind] for b in message["content"] if b["type"] == kind]
    whole = [b for b in reply.blocks if b["type"] == "tool_use" and b["json"] != "{oops"]
    calls_sent = [b for b in message["content"] if b["type"] == "tool_use"]
    assert [b["name"] for b in whole] == [b["name"] for b in calls_sent]
