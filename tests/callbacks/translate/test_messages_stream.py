from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.translate.context import OWN_SIGNATURE
from callbacks.translate.faults import ReplyFault
from callbacks.translate.messages_stream import MessagesStream, mend_message
from tests.helpers.anthropic_events import MESSAGE, Reply, read_reply
from tests.helpers.chat_sse import context, cuts, recorded, run


def event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def start(**usage: int) -> bytes:
    message = {"id": "msg_theirs", "model": "glm-5.3", "usage": usage, "content": []}
    return event("message_start", message=message)


def block(index: int, kind: str, **fields: Any) -> bytes:
    return event("content_block_start", index=index, content_block={"type": kind, **fields})


def delta(index: int, kind: str, **fields: Any) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, **fields})


def said(index: int, text: str) -> bytes:
    return delta(index, "text_delta", text=text)


def json_piece(index: int, text: str) -> bytes:
    return delta(index, "input_json_delta", partial_json=text)


def close(index: int) -> bytes:
    return event("content_block_stop", index=index)


def end(reason: str | None = "end_turn", sequence: str | None = None, **usage: Any) -> bytes:
    stop = {"stop_reason": reason, "stop_sequence": sequence}
    return event("message_delta", delta=stop, usage=usage) + event("message_stop")


def tool(index: int, arguments: str, name: str = "Read", call_id: str = "c1") -> bytes:
    opened = block(index, "tool_use", id=call_id, name=name, input={})
    return opened + json_piece(index, arguments) + close(index)


TEXT = block(0, "text", text="") + said(0, "a") + said(0, "b") + close(0)
READ = '{"file_path":"/a"}'


def reply_of(*pieces: bytes, **fields: Any) -> Reply:
    stream = MessagesStream(context(**fields))
    raw = run(stream, *pieces)
    assert stream.fault is None
    return read_reply(raw)


def fault_of(*pieces: bytes) -> tuple[str, str]:
    stream = MessagesStream(context())
    run(stream, *pieces)
    assert stream.fault is not None
    return stream.fault.kind, stream.sent


def test_a_recorded_answer_is_relayed_with_our_names() -> None:
    reply = reply_of(recorded("zai_anthropic_tool"), signature_tag="zai:")
    assert (reply.message["id"], reply.message["model"]) == ("msg_20261120235959abc", "claude-x")
    assert reply.message["usage"]["input_tokens"] == 100
    assert [b["type"] for b in reply.blocks] == ["thinking", "text", "tool_use"]
    assert reply.texts("thinking") == ["Check 你好"]
    assert reply.blocks[0]["signature"] == "zai:c2ln"
    assert reply.texts() == ["Reading it."]
    assert reply.calls() == [("Read", {"file_path": "/a"})]
    assert reply.blocks[2]["id"] == "call_1a2b"
    assert reply.stop_reason == "tool_use"
    assert reply.usage == {
        "input_tokens": 532,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 64,
        "output_tokens": 20,
    }


@settings(max_examples=100)
@given(cuts(recorded("zai_anthropic_tool")))
def test_any_cut_gives_the_same_answer(pieces: list[bytes]) -> None:
    assert reply_of(*pieces).blocks == reply_of(recorded("zai_anthropic_tool")).blocks


def test_deltas_that_arrive_together_are_one() -> None:
    stream = MessagesStream(context())
    raw = stream.feed(start() + TEXT)
    assert raw.count(b"text_delta") == 1


def test_usage_of_the_start_counts_when_it_is_there() -> None:
    reply = reply_of(start(input_tokens=7, cache_read_input_tokens=2), TEXT, end(output_tokens=3))
    assert reply.message["usage"]["input_tokens"] == 7
    assert (reply.usage["input_tokens"], reply.usage["output_tokens"]) == (7, 3)


def test_missing_pieces_are_put_in() -> None:
    """No message_start, no block start, no block stop, wrong indexes."""
    reply = reply_of(said(5, "a"), block(7, "text", text="b"), end())
    assert reply.texts() == ["a", "b"]
    assert reply.message["id"] == "msg_test"


def test_blocks_that_overlap_become_blocks_in_a_row() -> None:
    reply = reply_of(
        block(0, "text", text=""),
        block(1, "text", text=""),
        said(0, "a"),
        said(1, "b"),
        said(0, "c"),
        end(),
    )
    assert reply.texts() == ["a", "b", "c"]


def test_deltas_count_by_what_they_are() -> None:
    reply = reply_of(
        block(0, "text", text=""), delta(0, "thinking_delta", thinking="a"), said(0, "b"), end()
    )
    assert (reply.texts("thinking"), reply.texts()) == (["a"], ["b"])
    assert reply.blocks[0]["signature"] == OWN_SIGNATURE


def test_a_signature_at_the_start_of_a_block_is_kept() -> None:
    reply = reply_of(block(0, "thinking", thinking="a", signature="s"), close(0), TEXT, end())
    assert reply.blocks[0]["signature"] == "s"


def test_interleaved_calls_are_written_one_after_the_other() -> None:
    reply = reply_of(
        block(0, "tool_use", id="c1", name="Read", input={}),
        block(1, "tool_use", id="c1", name="Now", input={}),
        json_piece(0, '{"file_path"'),
        json_piece(1, "{"),
        json_piece(0, ':"/a"}'),
        json_piece(1, "}"),
        close(1),
        close(0),
        end("tool_use"),
    )
    assert reply.calls() == [("Now", {}), ("Read", {"file_path": "/a"})]
    assert reply.blocks[0]["id"] == "c1" != reply.blocks[1]["id"]


def test_arguments_in_the_start_of_the_block_are_used() -> None:
    opened = block(0, "tool_use", id="c1", name="Read", input={"file_path": "/a"})
    assert reply_of(opened, close(0), end("tool_use")).calls() == [("Read", {"file_path": "/a"})]


def test_calls_are_mended_by_the_schema() -> None:
    pieces = [tool(0, '{"todos":"[]"}', "todo"), tool(1, "", "Now", ""), end("end_turn")]
    reply = reply_of(*pieces)
    assert reply.calls() == [("Todo", {"todos": []}), ("Now", {})]
    assert reply.stop_reason == "tool_use"


def test_a_call_cut_by_the_limit_is_passed_on_as_unreadable() -> None:
    reply = reply_of(TEXT, tool(1, '{"fi'), tool(2, "{", ""), end("max_tokens"))
    assert [b["json"] for b in reply.blocks] == ["", '{"fi']
    assert reply.stop_reason == "max_tokens"


def test_blocks_of_other_kinds_pass_whole() -> None:
    reply = reply_of(
        block(0, "server_tool_use", id="s1", name="web_search", input={}),
        json_piece(0, ""),
        json_piece(0, '{"query":"x"}'),
        close(0),
        block(1, "web_search_tool_result", tool_use_id="s1", content=[]),
        close(1),
        block(2, "redacted_thinking", data="x"),
        close(2),
        block(3, "text", text=""),
        said(3, "a"),
        delta(3, "citations_delta", citation={"type": "char_location", "cited_text": "a", "document_index": 0, "document_title": "", "start_char_index": 0, "end_char_index": 1}),
        end(),
        signature_tag="zai:",
    )  # fmt: skip
    kinds = [b["type"] for b in reply.blocks]
    assert kinds == ["server_tool_use", "web_search_tool_result", "redacted_thinking", "text"]
    assert json.loads(reply.blocks[0]["json"]) == {"query": "x"}
    assert reply.blocks[2]["data"] == "zai:x"


def test_other_deltas_of_a_whole_block_stay_with_it() -> None:
    stream = MessagesStream(context())
    raw = run(stream, block(0, "novelty"), delta(0, "odd_delta", odd=1), close(0), TEXT, end())
    assert raw.index(b"novelty") < raw.index(b"odd_delta") < raw.index(b"text_delta")


@pytest.mark.parametrize(
    ("pieces", "stop", "sequence"),
    [
        ([TEXT, end("stop_sequence", "X")], "stop_sequence", "X"),
        ([end("stop_sequence", "X")], "stop_sequence", "X"),
        ([TEXT, end("max_tokens")], "max_tokens", None),
        ([TEXT, end("refusal")], "refusal", None),
        ([TEXT, end("pause_turn")], "pause_turn", None),
        ([TEXT, end("sensitive")], "refusal", None),
        ([TEXT, end(None)], "end_turn", None),
        ([tool(0, READ), event("message_stop")], "tool_use", None),
        ([TEXT, event("message_delta", delta={"stop_reason": "end_turn"})], "end_turn", None),
        ([TEXT, end(), b"data: [DONE]\n\n"], "end_turn", None),
        ([b"data: [DONE]\n\n", TEXT, end()], "end_turn", None),
        ([event("ping"), TEXT, event("novelty"), end()], "end_turn", None),
    ],
)
def test_endings(pieces: list[bytes], stop: str, sequence: str | None) -> None:
    reply = reply_of(start(), *pieces)
    assert (reply.stop_reason, reply.stop_sequence) == (stop, sequence)


def test_what_stays_open_is_closed_by_a_stated_end() -> None:
    opened = block(0, "tool_use", id="c1", name="Read", input={}) + json_piece(0, READ)
    assert reply_of(opened, end("tool_use")).calls() == [("Read", {"file_path": "/a"})]


OVERLOADED = event("error", error={"type": "overloaded_error", "message": "busy"})


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([], ("empty", "nothing")),
        ([start()], ("empty", "nothing")),
        ([start(), end()], ("empty", "nothing")),
        ([start(), end("tool_use")], ("no_tool_call", "nothing")),
        ([start(), TEXT], ("cut", "content")),
        ([start(), delta(0, "thinking_delta", thinking="a"), end()], ("empty", "thinking")),
        ([tool(0, READ)[:-40], event("message_delta", delta={"stop_reason": "tool_use"})], ("garbled", "nothing")),
        ([block(0, "tool_use", name="Read"), event("message_delta", delta={"stop_reason": "tool_use"})], ("cut", "nothing")),
        ([block(0, "novelty")], ("cut", "nothing")),
        ([TEXT, end("network_error")], ("network", "content")),
        ([end("model_context_window_exceeded")], ("context_window", "nothing")),
        ([tool(0, "{oops"), end("tool_use")], ("bad_tool_call", "nothing")),
        ([json_piece(0, "{}"), close(0), end("tool_use")], ("bad_tool_call", "nothing")),
        ([start(), OVERLOADED], ("upstream_error", "nothing")),
        ([start(), TEXT, OVERLOADED], ("upstream_error", "content")),
        ([b'{"error":{"code":"1302","message":"m"}}'], ("upstream_error", "nothing")),
        ([b"event: error\ndata: {\"error\":{\"code\":\"1302\"}}\n\n"], ("upstream_error", "nothing")),
        ([start(), b"data: {oops\n\n"], ("garbled", "nothing")),
        ([b"<html>"], ("garbled", "nothing")),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_a_fault(pieces: list[bytes], expected: tuple[str, str]) -> None:
    assert fault_of(*pieces) == expected


INDEX = st.integers(0, 2)
EVENTS = st.one_of(
    st.builds(lambda i: block(i, "text", text=""), INDEX),
    st.builds(lambda i: block(i, "thinking", thinking="", signature=""), INDEX),
    st.builds(lambda i: block(i, "tool_use", id="c", name="Now", input={}), INDEX),
    st.builds(lambda i: block(i, "server_tool_use", id="s", name="web_search", input={}), INDEX),
    st.builds(said, INDEX, st.sampled_from(["", " ", "a", "ü"])),
    st.builds(
        lambda i, t: delta(i, "thinking_delta", thinking=t), INDEX, st.sampled_from(["", "b"])
    ),
    st.builds(lambda i: delta(i, "signature_delta", signature="s"), INDEX),
    st.builds(json_piece, INDEX, st.sampled_from(["{}", "{", "}"])),
    st.builds(close, INDEX),
    st.sampled_from([start(), event("ping"), b": c\n\n"]),
)
ENDS = st.sampled_from([end(), end("tool_use"), end("max_tokens"), b"", event("message_stop")])


@settings(max_examples=300)
@given(st.lists(EVENTS, max_size=14), ENDS)
def test_no_upstream_makes_us_break_the_rules(events: list[bytes], ending: bytes) -> None:
    stream = MessagesStream(context())
    raw = run(stream, *events, ending)
    read_reply(raw, must_end=stream.done)
    assert stream.done != bool(stream.fault)


def message_of(
    *content: dict[str, Any], stop: str | None = "end_turn", **fields: Any
) -> dict[str, Any]:
    given = {"id": "msg_theirs", "type": "message", "model": "glm", "stop_reason": stop}
    mended = mend_message(
        {**given, "content": list(content), "usage": {"output_tokens": 3}}, context(**fields)
    )
    MESSAGE.validate_python(mended)
    return mended


def test_a_whole_message_is_mended() -> None:
    mended = message_of(
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "thinking", "thinking": "hm", "signature": ""},
        {"type": "thinking", "thinking": " "},
        {"type": "text", "text": "a"},
        {"type": "text", "text": " "},
        {"type": "tool_use", "id": "c1", "name": "read", "input": '{"file_path":"/a"}'},
        {"type": "tool_use", "id": "c1", "name": "Now"},
        {"type": "redacted_thinking", "data": "x"},
        signature_tag="zai:",
    )
    assert (mended["id"], mended["model"], mended["stop_reason"]) == (
        "msg_theirs",
        "claude-x",
        "tool_use",
    )
    assert [b["type"] for b in mended["content"]] == [
        "thinking", "thinking", "text", "tool_use", "tool_use", "redacted_thinking",
    ]  # fmt: skip
    assert [b["signature"] for b in mended["content"][:2]] == ["zai:s", OWN_SIGNATURE]
    assert mended["content"][3]["input"] == {"file_path": "/a"}
    assert mended["content"][3]["name"] == "Read"
    assert mended["content"][4]["id"] != "c1"
    assert mended["usage"]["input_tokens"] == 100


def test_a_stop_sequence_of_a_whole_message_is_kept() -> None:
    given = {"content": [], "stop_reason": "stop_sequence", "stop_sequence": "X"}
    mended = mend_message(given, context())
    assert (mended["stop_sequence"], mended["id"]) == ("X", "msg_test")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"content": [{"type": "text", "text": "a"}]}, "empty"),
        ({"content": [], "stop_reason": "end_turn"}, "empty"),
        ({"content": [{"type": "thinking", "thinking": "a"}], "stop_reason": "end_turn"}, "empty"),
        ({"content": [], "stop_reason": "tool_use"}, "no_tool_call"),
        ({"error": {"code": "1302", "message": "busy"}}, "upstream_error"),
        ({"type": "error", "error": {"type": "x", "message": "y"}}, "upstream_error"),
    ],
)
def test_a_whole_message_that_is_none_is_a_fault(message: dict[str, Any], kind: str) -> None:
    with pytest.raises(ReplyFault) as caught:
        mend_message(message, context())
    assert caught.value.kind == kind


STOPS = ("<x>", "</end>")


@given(cuts(block(0, "text", text="a ") + said(0, "b </e") + said(0, "nd> c") + close(0) + end()))
def test_a_sequence_the_upstream_was_not_told_ends_the_text(pieces: list[bytes]) -> None:
    reply = reply_of(start(), *pieces, stop_sequences=STOPS)
    assert reply.texts("text") == ["a b "]
    assert (reply.stop_reason, reply.stop_sequence) == ("stop_sequence", "</end>")


def test_half_a_sequence_is_shown_before_the_next_block() -> None:
    pieces = (block(0, "text", text=""), said(0, "a </en"), close(0), tool(1, READ))
    reply = reply_of(start(), *pieces, end("tool_use"), stop_sequences=STOPS)
    assert [b["type"] for b in reply.blocks] == ["text", "tool_use"]
    assert reply.texts("text") == ["a </en"]


def test_a_sequence_ends_a_whole_message_too() -> None:
    texts = ("x", "a </end> b", "c")
    blocks = [{"type": "text", "text": text} for text in texts]
    message = {"type": "message", "content": blocks, "stop_reason": "end_turn"}
    mended = mend_message(message, context(stop_sequences=STOPS))
    assert [block["text"] for block in mended["content"]] == ["x", "a "]
    assert (mended["stop_reason"], mended["stop_sequence"]) == ("stop_sequence", "</end>")
