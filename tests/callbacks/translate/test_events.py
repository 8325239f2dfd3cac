from __future__ import annotations

import pytest

from callbacks.translate.context import OWN_SIGNATURE
from callbacks.translate.events import EventWriter, render_event, render_text
from callbacks.translate.reply_stream import Usage
from tests.helpers.anthropic_events import read_reply
from tests.helpers.chat_sse import context


@pytest.fixture
def writer() -> EventWriter:
    return EventWriter(context())


def test_rendering() -> None:
    assert render_event("ping", {"type": "ping"}) == b'event: ping\ndata: {"type":"ping"}\n\n'
    assert render_text('ä"\n') == '"ä\\"\\n"'.encode()
    assert render_text("\ud83d") == '"\ufffd"'.encode()


def test_nothing_is_written_before_something_is_said(writer: EventWriter) -> None:
    writer.add("thinking", "")
    writer.add("text", " \n")
    assert writer.take() == b""
    assert writer.sent == "nothing"


def test_what_was_sent_grows_from_thinking_to_content(writer: EventWriter) -> None:
    writer.add("thinking", "a")
    writer.take()
    assert writer.sent == "thinking"
    writer.add("text", "b")
    writer.take()
    assert writer.sent == "content"
    writer.add("thinking", "c")
    writer.take()
    assert writer.sent == "content"


def test_runs_of_one_kind_are_one_delta(writer: EventWriter) -> None:
    for text in ("a", "b", "c"):
        writer.add("text", text)
    writer.add("thinking", "d")
    writer.add("text", "e")
    writer.stop("end_turn", None, Usage())
    reply = read_reply(writer.take())
    assert reply.texts() == ["abc", "e"]
    # Three runs and the signature.
    assert reply.deltas == 4


def test_an_open_block_goes_on_over_takes(writer: EventWriter) -> None:
    writer.add("text", "a")
    first = writer.take()
    writer.add("text", " ")
    second = writer.take()
    writer.add("thinking", " ")
    writer.add("text", "b")
    writer.close()
    assert read_reply(first + second + writer.take(), must_end=False).texts() == ["a b"]


def test_a_half_character_waits_for_its_other_half(writer: EventWriter) -> None:
    writer.add("text", "a\ud83d")
    first = writer.take()
    writer.add("text", "\ude00")
    assert read_reply(first + writer.take(), must_end=False).texts() == ["a😀"]
    writer.add("text", "\ud83d")
    waiting = writer.take()
    writer.close()
    assert waiting == b""
    assert "\ufffd" in writer.take().decode()


def test_thinking_closes_with_its_signature_or_ours(writer: EventWriter) -> None:
    writer.add("thinking", "a")
    writer.sign("theirs")
    writer.close()
    writer.add("thinking", "b")
    writer.close()
    signatures = [b["signature"] for b in read_reply(writer.take(), must_end=False).blocks]
    assert signatures == ["theirs", OWN_SIGNATURE]


def test_blocks_of_other_kinds_are_written_whole(writer: EventWriter) -> None:
    writer.add("text", "a")
    writer.tool("t1", "Read", "{}")
    writer.block({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}, [])
    writer.stop("tool_use", None, Usage(1, 2, 3))
    reply = read_reply(writer.take())
    assert [block["type"] for block in reply.blocks] == ["text", "tool_use", "server_tool_use"]
    assert writer.text_length == 7
    assert reply.usage["cache_read_input_tokens"] == 2


def test_a_delta_is_relayed_into_an_open_block_only(writer: EventWriter) -> None:
    delta = {"type": "citations_delta", "citation": {}}
    writer.delta(delta)
    assert writer.take() == b""
    writer.add("text", "a")
    writer.delta(delta)
    assert b"citations_delta" in writer.take()


def test_the_start_tells_id_model_and_estimate(writer: EventWriter) -> None:
    writer.message_id = "msg_theirs"
    writer.usage = Usage(7, 1)
    writer.stop("refusal", None, Usage())
    message = read_reply(writer.take()).message
    assert (message["id"], message["model"]) == ("msg_theirs", "claude-x")
    assert message["usage"]["input_tokens"] == 7


def test_what_was_discarded_is_never_seen(writer: EventWriter) -> None:
    writer.add("text", "a")
    writer.close()
    writer.discard()
    assert writer.take() == b""
    assert writer.sent == "nothing"
