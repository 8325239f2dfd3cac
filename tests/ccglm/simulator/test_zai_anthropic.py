from typing import Any

import orjson
import pytest
from anthropic.types import Message
from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.knobs import Knobs
from ccglm.simulator.reply import Reply, ToolCall
from ccglm.simulator.speech import speak
from ccglm.simulator.zai_anthropic import stop_reason, stream_events, whole_body
from ccglm.simulator.zai_openai import ZaiIdentity

WHO = ZaiIdentity("20261120235959abc", "glm-5.3", 1_790_000_000.0)
CALL = ToolCall("Read", '{"file_path":"/a"}', "call_1a2b")
FULL = Reply(thinking="Check.", text="Reading.", tool_calls=(CALL,))


def whole(reply: Reply) -> dict[str, Any]:
    speech = speak(reply)
    return orjson.loads(whole_body(speech, WHO, speech.usage(prompt_tokens=532, cached_tokens=128)))


def events(reply: Reply, **changes: Any) -> list[dict[str, Any]]:
    """Return the stream's events, having checked their framing and names."""
    speech = speak(reply)
    usage = speech.usage(prompt_tokens=532, cached_tokens=128)
    rendered = stream_events(speech, WHO, usage, Knobs().patched(changes))
    found: list[dict[str, Any]] = []
    for position in range(len(rendered)):
        name, data, *rest = rendered.one(position).split(b"\n")
        value = orjson.loads(data.removeprefix(b"data: "))
        assert name == b"event: " + value["type"].encode()
        assert rest == [b"", b""]
        found.append(value)
    return found


def joined(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the content blocks that the events amount to."""
    blocks: dict[int, dict[str, Any]] = {}
    raw: dict[int, str] = {}
    for event in found:
        match event["type"]:
            case "content_block_start":
                blocks[event["index"]] = dict(event["content_block"])
            case "content_block_delta":
                delta, block = event["delta"], blocks[event["index"]]
                kind = delta["type"].removesuffix("_delta")
                if kind == "input_json":
                    raw[event["index"]] = raw.get(event["index"], "") + delta["partial_json"]
                else:
                    block[kind] = block.get(kind, "") + delta[kind]
            case _:
                pass
    for index, text in raw.items():
        blocks[index]["input"] = orjson.loads(text or "{}")
    return [blocks[index] for index in sorted(blocks)]


def test_a_whole_answer_is_a_message_of_the_sdk() -> None:
    body = whole(FULL)
    # Seen 2026-01: Z.ai counts searches only; the SDK's type wants fetches as well.
    body["usage"]["server_tool_use"]["web_fetch_requests"] = 0
    message = Message.model_validate(body)
    assert [block.type for block in message.content] == ["thinking", "text", "tool_use"]
    assert message.stop_reason == "tool_use"
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (404, 128)


def test_events_come_in_anthropics_order() -> None:
    kinds = [event["type"] for event in events(Reply(text="Hi."))]
    assert kinds == [
        "message_start",
        "ping",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_usage_is_zero_at_the_start_and_real_at_the_end() -> None:
    found = events(FULL)
    assert found[0]["message"]["usage"] == {"input_tokens": 0, "output_tokens": 0}
    last = found[-2]
    assert last["delta"] == {"stop_reason": "tool_use", "stop_sequence": None}
    assert last["usage"] == whole(FULL)["usage"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_stream_and_the_whole_answer_say_the_same(thinking: str, text: str) -> None:
    reply = Reply(thinking=thinking, text=text, tool_calls=(CALL,))
    assert joined(events(reply)) == whole(reply)["content"]


@pytest.mark.parametrize("tool_args", ["whole", "fragments"])
def test_tool_arguments_whole_or_in_fragments(tool_args: str) -> None:
    blocks = joined(events(FULL, tool_args=tool_args))
    assert blocks[-1]["input"] == {"file_path": "/a"}
    assert blocks[-1]["id"] == "call_1a2b"


def test_the_keys_of_a_thinking_blocks_start_are_a_guess() -> None:
    def start(**changes: Any) -> dict[str, Any]:
        return events(FULL, **changes)[2]["content_block"]

    assert start() == {"type": "thinking", "thinking": "", "signature": ""}
    assert start(**{"guess.zai_thinking_start": "bare"}) == {"type": "thinking", "thinking": ""}


@pytest.mark.parametrize(
    ("finish", "expected"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("tool_calls", "tool_use"),
        ("network_error", "network_error"),
        ("model_context_window_exceeded", "model_context_window_exceeded"),
        ("sensitive", "sensitive"),
    ],
)
def test_finish_reasons_are_translated_where_anthropic_has_one(finish: str, expected: str) -> None:
    assert stop_reason(Reply(text="x", finish=finish)) == expected


def test_a_stop_sequence_is_named() -> None:
    body = orjson.loads(
        whole_body(
            speak(Reply(text="a STOP b"), stops=["STOP"]),
            WHO,
            speak(Reply()).usage(prompt_tokens=0, cached_tokens=0),
        )
    )
    assert (body["stop_reason"], body["stop_sequence"]) == ("stop_sequence", "STOP")


def test_arguments_that_are_no_json_stay_text_and_empty_ones_are_an_object() -> None:
    content = whole(Reply(tool_calls=(ToolCall("A", "{broken"), ToolCall("B", ""))))["content"]
    assert [block["input"] for block in content] == ["{broken", {}]


def test_an_empty_id_is_left_out() -> None:
    assert "id" not in whole(Reply(tool_calls=(ToolCall("A", id=""),)))["content"][0]
