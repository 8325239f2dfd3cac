from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.translate.context import OWN_SIGNATURE
from callbacks.translate.stream import ChatStream
from tests.helpers.anthropic_events import Reply, read_reply
from tests.helpers.chat_sse import (
    DONE,
    USAGE,
    call,
    chunk,
    context,
    cuts,
    data,
    recorded,
    run,
    zai_chunk,
)

FILES = ("cerebras_text", "cerebras_thinking_tool", "cerebras_fragments", "zai_openai_tool")
END = chunk("stop", USAGE) + DONE


def reply_of(*pieces: bytes, **fields: Any) -> Reply:
    stream = ChatStream(context(**fields))
    raw = run(stream, *pieces)
    assert stream.fault is None
    assert stream.done
    return read_reply(raw)


def fault_of(*pieces: bytes, **fields: Any) -> tuple[str, bool, str]:
    """Return kind, retry, and what was sent before the fault."""
    stream = ChatStream(context(**fields))
    run(stream, *pieces)
    assert stream.fault is not None
    assert not stream.done
    return stream.fault.kind, stream.fault.retry, stream.sent


def calls(*entries: dict[str, Any]) -> bytes:
    return chunk(tool_calls=list(entries))


def tool_reply(*pieces: bytes, **fields: Any) -> Reply:
    return reply_of(*pieces, chunk("tool_calls", USAGE), **fields)


def test_a_recorded_answer_with_thinking_text_and_a_tool() -> None:
    reply = reply_of(recorded("cerebras_thinking_tool"))
    assert reply.message["model"] == "claude-x"
    assert reply.message["id"] == "msg_test"
    assert reply.message["usage"]["input_tokens"] == 100
    assert [block["type"] for block in reply.blocks] == ["thinking", "text", "tool_use"]
    assert reply.texts("thinking") == ["Need the file."]
    assert reply.blocks[0]["signature"] == OWN_SIGNATURE
    assert reply.texts() == ["Reading it."]
    assert reply.calls() == [("Read", {"file_path": "/a"})]
    assert reply.blocks[2]["id"] == "049d9b129"
    assert reply.stop_reason == "tool_use"
    assert reply.usage == {
        "input_tokens": 8,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 128,
        "output_tokens": 87,
    }


def test_fragments_and_whole_calls_give_the_same_blocks() -> None:
    reply = reply_of(recorded("cerebras_fragments"))
    assert reply.calls() == [("Read", {"file_path": "/ä"}), ("Read", {"file_path": "/b"})]


def test_thinking_under_zai_s_key() -> None:
    reply = reply_of(recorded("zai_openai_tool"))
    assert reply.texts("thinking") == ["Check first"]
    assert reply.calls() == [("Read", {"file_path": "/a"})]


@settings(max_examples=150)
@given(st.data())
def test_any_cut_of_a_stream_gives_the_same_answer(draw: st.DataObject) -> None:
    whole = recorded(draw.draw(st.sampled_from(FILES)))
    assert reply_of(*draw.draw(cuts(whole))).__dict__ | {"deltas": 0} == reply_of(
        whole
    ).__dict__ | {"deltas": 0}


@pytest.mark.parametrize("name", FILES)
def test_byte_by_byte_is_no_different(name: str) -> None:
    whole = recorded(name)
    pieces = [whole[at : at + 1] for at in range(len(whole))]
    assert reply_of(*pieces).blocks == reply_of(whole).blocks


CHUNKS = st.one_of(
    st.builds(lambda text: chunk(content=text), st.text(max_size=6)),
    st.builds(lambda text: zai_chunk(content=text), st.text(max_size=6)),
    st.builds(lambda text: chunk(reasoning=text), st.text(max_size=6)),
    st.builds(lambda a, b: chunk(content=a, reasoning=b), st.text(max_size=3), st.text(max_size=3)),
    st.builds(lambda text: chunk(content=text, role="assistant"), st.text(max_size=6)),
    st.builds(
        lambda text, index: calls(call("Now", text, index)),
        st.sampled_from(["", "{}", "{", "}", '{"a":1}']),
        st.sampled_from([0, 1, None]),
    ),
    st.sampled_from([b": comment\n\n", data({"choices": []}), data({"object": "x"}), data(3)]),
    st.sampled_from([b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n', b"\n\n"]),
)
ENDINGS = st.sampled_from(
    [END, chunk("length", USAGE), chunk("tool_calls", USAGE), chunk("stop") + DONE, b"", DONE]
)


class SlowStream(ChatStream):
    """The same without the fast path."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for template in self._templates.values():
            template.learn = lambda payload, text: None


@settings(max_examples=300)
@given(st.lists(CHUNKS, max_size=12), ENDINGS, st.data())
def test_the_fast_path_changes_nothing_and_no_stream_breaks_the_rules(
    chunks: list[bytes], ending: bytes, draw: st.DataObject
) -> None:
    whole = b"".join(chunks) + ending
    fast, slow, cut = (kind(context()) for kind in (ChatStream, SlowStream, ChatStream))
    raw = run(fast, whole)
    assert raw == run(slow, whole)
    assert (fast.usage, fast.stop_reason, fast.sent) == (slow.usage, slow.stop_reason, slow.sent)
    pieces = run(cut, *draw.draw(cuts(whole)))
    assert bool(cut.fault) == bool(fast.fault)
    once, twice = read_reply(raw, must_end=fast.done), read_reply(pieces, must_end=cut.done)
    if fast.fault is None:
        assert once.blocks == twice.blocks
    elif fast.sent == "nothing":
        assert raw == b""


@pytest.mark.parametrize("name", FILES)
def test_the_fast_path_is_used(name: str) -> None:
    """Text chunks after the first of a kind are not parsed whole."""
    stream = ChatStream(context())
    run(stream, recorded(name))
    texts = recorded(name).count(b'"content":"') + recorded(name).count(b'"reasoning')
    hits = sum(template._hits for template in stream._templates.values())
    assert hits >= 1 if texts > 4 else hits >= 0


def test_what_arrives_together_is_one_event_per_run() -> None:
    stream = ChatStream(context())
    raw = stream.feed(b"".join(chunk(content=f"{n} ") for n in range(100)))
    assert raw.count(b"content_block_delta\n") == 1
    assert read_reply(raw, must_end=False).texts() == ["".join(f"{n} " for n in range(100))]


def test_thinking_closes_before_text_opens_and_may_come_back() -> None:
    reply = reply_of(
        chunk(reasoning="a"), chunk(content="b", reasoning="c"), chunk(reasoning="d"), END
    )
    assert [block["type"] for block in reply.blocks] == ["thinking", "text", "thinking"]
    assert reply.texts("thinking") == ["ac", "d"]


def test_thinking_under_both_keys_counts_once() -> None:
    assert reply_of(chunk(reasoning="a", reasoning_content="a", content="b"), END).texts(
        "thinking"
    ) == ["a"]


def test_blank_text_opens_no_block_but_is_kept_in_front_of_text() -> None:
    reply = reply_of(
        chunk(content="\n\n"), chunk(reasoning="a"), chunk(content="\n"), chunk(content="b"), END
    )
    assert reply.texts("thinking") == ["a"]
    assert reply.texts() == ["\nb"]
    assert tool_reply(chunk(content="\n"), calls(call("Now", "{}"))).texts() == []


def test_content_as_parts_and_refusals_are_text() -> None:
    reply = reply_of(chunk(content=[{"type": "text", "text": "a"}]), chunk(refusal="b"), END)
    assert reply.texts() == ["ab"]


def test_halves_of_a_character_in_two_chunks_are_joined() -> None:
    high = b'data: {"choices":[{"delta":{"content":"\\ud83c"}}]}\n\n'
    low = b'data: {"choices":[{"delta":{"content":"\\udf89"}}]}\n\n'
    assert reply_of(high + low, END).texts() == ["🎉"]
    assert reply_of(high, low, END).texts() == ["🎉"]


def test_a_broken_half_becomes_the_replacement_character() -> None:
    half = b'data: {"choices":[{"delta":{"content":"a\\ud83c"}}]}\n\n'
    assert reply_of(half, END).texts() == ["a\ufffd"]


@pytest.mark.parametrize(
    "pieces",
    [
        [calls(call("Now", "{}", 0, "a1"), call("Read", '{"file_path":"/a"}', 1, "a2"))],
        [calls(call("Now", "{}", 0, "a1")), calls(call("Read", '{"file_path":"/a"}', 1, "a2"))],
        [
            calls(call("Now", "", 0, "a1"), call("Read", '{"file', 1, "a2")),
            calls(call("", "{", 0), call("", "_path", 1)),
            calls(call("", "}", 0), call("", '":"/a"}', 1)),
        ],
        [calls(call("Now", "", None, "a1")), calls(call("Read", '{"file_path":"/a"}', None, "a2"))],
        [calls(call("Now", "", 0, "a1")), calls(call("Read", '{"file_path":"/a"}', 0, "a2"))],
    ],
    ids=["one chunk", "two chunks", "interleaved", "no index", "one index for all"],
)
def test_parallel_calls_in_every_form_are_the_same_blocks(pieces: list[bytes]) -> None:
    reply = tool_reply(*pieces)
    assert reply.calls() == [("Now", {}), ("Read", {"file_path": "/a"})]
    assert [block["id"] for block in reply.blocks] == ["a1", "a2"]


def test_a_call_is_written_as_soon_as_the_next_one_begins() -> None:
    stream = ChatStream(context())
    first = stream.feed(calls(call("Read", '{"file_path":"/a"}', 0, "a1")))
    second = stream.feed(calls(call("Read", "", 1, "a2")))
    assert first == b""
    assert read_reply(second, must_end=False).calls() == [("Read", {"file_path": "/a"})]


def test_a_call_that_goes_on_after_it_was_written_is_a_fault() -> None:
    kind, _, sent = fault_of(
        calls(call("Read", '{"file_path":"/a"}', 0, "a1")),
        calls(call("Read", "", 1, "a2")),
        calls(call("", "more", 0)),
    )
    assert (kind, sent) == ("garbled", "content")


def test_ids_are_made_unique_over_the_conversation() -> None:
    reply = tool_reply(
        calls(call("Now", "{}", 0, "a1"), call("Now", "{}", 1, "a1"), call("Now", "{}", 2)),
        used_tool_ids=frozenset({"a1"}),
    )
    ids = [block["id"] for block in reply.blocks]
    assert len({"a1", *ids}) == 4


def test_text_after_a_call_is_a_block_of_its_own() -> None:
    reply = tool_reply(chunk(content="a"), calls(call("Now", "{}")), chunk(content="b"))
    assert sorted(reply.texts()) == ["ab"]
    assert reply.calls() == [("Now", {})]


def test_stop_with_a_call_is_tool_use() -> None:
    assert reply_of(calls(call("Now", "")), chunk("stop", USAGE)).stop_reason == "tool_use"


@pytest.mark.parametrize(
    ("finish", "stop"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("content_filter", "refusal"),
        ("sensitive", "refusal"),
        ("model_context_window_exceeded", "model_context_window_exceeded"),
    ],
)
def test_finish_reasons_of_an_answer_with_text(finish: str, stop: str) -> None:
    assert reply_of(chunk(content="a"), chunk(finish, USAGE)).stop_reason == stop


def test_an_answer_of_thinking_only_that_met_the_limit_says_so() -> None:
    reply = reply_of(chunk(reasoning="a"), chunk("length", USAGE))
    assert reply.stop_reason == "max_tokens"
    assert reply.texts("thinking") == ["a"]


def test_a_refusal_may_be_empty() -> None:
    assert reply_of(chunk("content_filter", USAGE)).blocks == []


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([chunk(role="assistant"), chunk("network_error", USAGE)], ("network", True, "nothing")),
        ([recorded("zai_openai_network_error")], ("network", True, "nothing")),
        ([chunk(content="a"), chunk("network_error", USAGE)], ("network", True, "content")),
        ([chunk("model_context_window_exceeded", USAGE)], ("context_window", False, "nothing")),
        ([chunk(role="assistant"), chunk("stop", USAGE)], ("empty", True, "nothing")),
        ([chunk(content=" \n"), END], ("empty", True, "nothing")),
        ([chunk(reasoning="a"), END], ("empty", True, "thinking")),
        ([chunk(reasoning="a") + END], ("empty", True, "nothing")),
        ([chunk("tool_calls", USAGE)], ("no_tool_call", True, "nothing")),
        ([chunk(content="a"), chunk("tool_calls", USAGE)], ("no_tool_call", True, "content")),
        ([chunk(content="a"), chunk("abort", USAGE)], ("cut", True, "content")),
        ([DONE], ("empty", True, "nothing")),
        ([], ("empty", True, "nothing")),
        ([chunk(content="a"), DONE], ("cut", True, "content")),
        ([chunk(content="a")], ("cut", True, "content")),
        ([calls(call("Now", "{"))], ("cut", True, "nothing")),
        ([chunk(content="a"), b'data: {"choi'], ("cut", True, "content")),
        ([chunk(content="a"), b'data: {"choi\n\n'], ("garbled", True, "content")),
        ([b"<html>\n<body>\n\nBad gateway"], ("garbled", True, "nothing")),
        ([calls(call("Read", "{oops")), END], ("bad_tool_call", True, "nothing")),
        ([calls(call("", '{"x":1}')), END], ("bad_tool_call", True, "nothing")),
    ],
)
def test_an_answer_that_is_none_is_a_fault(
    pieces: list[bytes], expected: tuple[str, bool, str]
) -> None:
    assert fault_of(*pieces) == expected


def test_an_error_in_the_stream_keeps_its_body_for_the_dialect() -> None:
    stream = ChatStream(context())
    raw = run(stream, recorded("cerebras_error"))
    assert raw == b""
    fault = stream.fault
    assert fault is not None
    assert fault.body is not None
    assert (fault.kind, fault.status, fault.retry) == ("upstream_error", 429, True)
    assert fault.body["error"]["code"] == "queue_exceeded"


def test_an_error_after_content_leaves_what_was_sent() -> None:
    stream = ChatStream(context())
    raw = b"".join(
        stream.feed(piece + b"\n\n") for piece in recorded("cerebras_error").split(b"\n\n")
    )
    assert read_reply(raw, must_end=False).texts() == ["Half a "]
    assert stream.sent == "content"


def test_a_bare_json_error_with_status_200_is_read() -> None:
    body = json.dumps({"code": "1302", "message": "Rate limit reached"}).encode()
    assert fault_of(body) == ("upstream_error", True, "nothing")


def test_after_the_end_or_a_fault_nothing_more_is_said() -> None:
    stream = ChatStream(context())
    run(stream, chunk(content="a"), END)
    assert stream.feed(chunk(content="b")) == b""
    broken = ChatStream(context())
    run(broken, b"data: {\n\n")
    assert broken.feed(chunk(content="b")) + broken.finish() == b""


def test_usage_in_a_chunk_after_the_finish() -> None:
    reply = reply_of(chunk(content="a"), chunk("stop"), data({"choices": [], "usage": USAGE}), DONE)
    assert reply.usage["cache_read_input_tokens"] == 128


def test_missing_usage_is_estimated() -> None:
    stream = ChatStream(context())
    reply = read_reply(run(stream, chunk(content="abcd " * 20), chunk("stop")))
    assert reply.usage["input_tokens"] == 100
    assert reply.usage["output_tokens"] == 28
    assert stream.usage.estimated


def test_a_whole_completion_instead_of_a_stream() -> None:
    choice = {"message": {"content": "Hi"}, "finish_reason": "stop"}
    assert reply_of(data({"choices": [choice], "usage": USAGE})).texts() == ["Hi"]


def test_a_stop_sequence_split_over_chunks_ends_the_answer() -> None:
    pieces = [chunk(content="a </bl"), chunk(content="ock> b"), chunk(content="c"), END]
    reply = reply_of(*pieces, stop_sequences=("</block>",))
    assert reply.texts() == ["a "]
    assert (reply.stop_reason, reply.stop_sequence) == ("stop_sequence", "</block>")
    assert reply.usage["input_tokens"] == 100


def test_a_beginning_of_a_stop_sequence_is_shown_when_it_was_none() -> None:
    fields = {"stop_sequences": ("</block>",)}
    assert reply_of(chunk(content="a </bl"), END, **fields).texts() == ["a </bl"]
    reply = reply_of(
        chunk(content="a <"), chunk(reasoning="b"), chunk(content="/block>"), END, **fields
    )
    assert reply.texts() == ["a <", "/block>"]
    reply = tool_reply(chunk(content="a <"), calls(call("Now", "{}")), **fields)
    assert reply.texts() == ["a <"]


def test_a_call_beside_a_stop_sequence_is_not_made() -> None:
    reply = reply_of(
        chunk(content="a STOP", tool_calls=[call("Now", "{}")]), stop_sequences=("STOP",)
    )
    assert reply.calls() == []


def test_a_stop_of_the_provider_is_named_where_the_text_shows_it() -> None:
    fields = {"stop_sequences": ("</block>",), "sent_stop_sequences": ("</block>",)}
    reply = reply_of(chunk(content="<block>no"), END, **fields)
    assert (reply.stop_reason, reply.stop_sequence) == ("stop_sequence", "</block>")
    assert reply_of(chunk(content="no"), END, **fields).stop_reason == "end_turn"


def test_a_call_cut_by_the_limit_is_passed_on_as_unreadable() -> None:
    stream = ChatStream(context(tool_names={"Rd": "Read"}))
    raw = run(
        stream,
        calls(call("Now", "{}", 0, "a1"), call("Rd", '{"file_pa', 1, "a2")),
        chunk("length", USAGE),
    )
    reply = read_reply(raw)
    assert reply.stop_reason == "max_tokens"
    assert [(b["name"], b["json"]) for b in reply.blocks] == [("Now", "{}"), ("Read", '{"file_pa')]
    nameless = reply_of(calls(call("", "{", 0)), chunk("length", USAGE))
    assert nameless.blocks == []


def test_a_renamed_tool_gets_its_name_back() -> None:
    reply = tool_reply(calls(call("Rd", '{"file_path":"/a"}')), tool_names={"Rd": "Read"})
    assert reply.calls() == [("Read", {"file_path": "/a"})]
