from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from ccglm.simulator.cerebras_replies import Identity, new_call_id, stream_events, whole_body
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.reply import Reply, ToolCall
from ccglm.simulator.speech import Speech, speak
from tests.helpers.provider_calls import calls_of, text_of

WHO = Identity("zai-glm-4.7", 1_790_000_000.12, "chatcmpl-1")
READ = ToolCall("Read", '{"file_path":"/a"}', "049d9b129")
BASH = ToolCall("Bash", '{"command":"ls -l"}', "1f2e3d4c5")
TOOLS = Reply(thinking="Need the file.", tool_calls=(READ, BASH))


def whole(reply: Reply) -> dict[str, Any]:
    speech = speak(reply)
    return orjson.loads(whole_body(speech, WHO, speech.usage(prompt_tokens=136, cached_tokens=128)))


def chunks(speech: Speech, knobs: Knobs | None = None) -> list[dict[str, Any]]:
    usage = speech.usage(prompt_tokens=136, cached_tokens=128)
    events = stream_events(speech, WHO, usage, knobs or Knobs())
    lines = [events.one(i) for i in range(len(events))]
    assert lines[-1] == b"data: [DONE]\n\n"
    assert all(line.startswith(b"data: {") and line.endswith(b"}\n\n") for line in lines[:-1])
    return [orjson.loads(line.removeprefix(b"data: ")) for line in lines[:-1]]


def test_a_whole_answer_has_no_nulls_and_no_content_beside_tool_calls() -> None:
    body = whole(Reply(thinking="Need the file.", tool_calls=(READ,)))
    assert body == snapshot(
        {
            "id": "chatcmpl-1",
            "choices": [
                {
                    "finish_reason": "tool_calls",
                    "index": 0,
                    "message": {
                        "reasoning": "Need the file.",
                        "role": "assistant",
                        "tool_calls": [
                            {
                                "function": {"name": "Read", "arguments": '{"file_path":"/a"}'},
                                "id": "049d9b129",
                                "type": "function",
                            }
                        ],
                    },
                }
            ],
            "created": 1790000000,
            "model": "zai-glm-4.7",
            "system_fingerprint": "fp_0123456789abcdef0123",
            "object": "chat.completion",
            "usage": {
                "total_tokens": 147,
                "completion_tokens": 11,
                "completion_tokens_details": {
                    "accepted_prediction_tokens": 0,
                    "rejected_prediction_tokens": 0,
                    "reasoning_tokens": 4,
                },
                "prompt_tokens": 136,
                "prompt_tokens_details": {"cached_tokens": 128},
            },
            "time_info": {
                "created": 1790000000.12,
                "queue_time": 0.0005,
                "prompt_time": 0.004,
                "completion_time": 0.007333,
                "total_time": 0.011833,
            },
        }
    )


def test_reasoning_only_has_no_content_key() -> None:
    message = whole(Reply(thinking="hm", finish="length"))["choices"][0]["message"]
    assert set(message) == {"reasoning", "role"}
    assert whole(Reply())["choices"][0]["message"] == {"role": "assistant", "content": ""}


def test_the_stream_says_the_role_first_and_the_usage_last() -> None:
    found = chunks(speak(Reply(thinking="Need it.", text="Reading it.")))
    assert found[0]["choices"] == [{"delta": {"role": "assistant"}, "index": 0}]
    assert "finish_reason" not in found[-2]["choices"][0]
    last = found[-1]
    assert last["choices"] == [{"delta": {}, "finish_reason": "stop", "index": 0}]
    assert last["usage"]["completion_tokens"] == 5
    assert "total_time" in last["time_info"]
    assert list(found[1]) == ["id", "choices", "created", "model", "system_fingerprint", "object"]


def test_the_change_over_chunk_carries_both_unless_told_otherwise() -> None:
    speech = speak(Reply(thinking="Need it.", text="Reading it."))

    def both(knobs: Knobs) -> int:
        deltas = [chunk["choices"][0]["delta"] for chunk in chunks(speech, knobs)]
        return sum("content" in delta and "reasoning" in delta for delta in deltas)

    assert both(Knobs()) == 1
    assert both(Knobs(changeover="separate")) == 0


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["joined", "separate"]))
def test_the_stream_and_the_whole_answer_say_the_same(
    thinking: str, text: str, changeover: str
) -> None:
    reply = Reply(thinking=thinking, text=text, tool_calls=(READ,))
    found = chunks(speak(reply), Knobs().patched({"changeover": changeover}))
    message = whole(reply)["choices"][0]["message"]
    assert text_of(found, "reasoning") == message.get("reasoning", "")
    assert text_of(found) == message.get("content", "")
    assert found[-1]["usage"] == whole(reply)["usage"]


VARIANTS: list[dict[str, Any]] = [
    {"tool_args": "whole"},
    {"tool_args": "fragments"},
    {"tool_args": "whole", "guess.tool_calls_in_one_chunk": True},
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_tool_calls_arrive_the_same_in_every_variant(variant: dict[str, Any]) -> None:
    found = chunks(speak(TOOLS), Knobs().patched(variant))
    assert calls_of(found) == [
        {"id": call.id, "name": call.name, "arguments": call.arguments} for call in (READ, BASH)
    ]


def test_a_whole_call_is_one_chunk_and_fragments_repeat_type_and_index() -> None:
    def deltas(**changes: Any) -> list[list[dict[str, Any]]]:
        found = chunks(speak(TOOLS), Knobs().patched(changes))
        return [
            c["choices"][0]["delta"]["tool_calls"]
            for c in found
            if "tool_calls" in c["choices"][0]["delta"]
        ]

    assert [len(each) for each in deltas()] == [1, 1]
    assert [len(each) for each in deltas(**{"guess.tool_calls_in_one_chunk": True})] == [2]
    fragmented = deltas(tool_args="fragments")
    assert fragmented[0] == [
        {
            "function": {"name": "Read", "arguments": ""},
            "type": "function",
            "id": "049d9b129",
            "index": 0,
        }
    ]
    assert fragmented[1] == [
        {"function": {"arguments": '{"file_pa'}, "type": "function", "index": 0}
    ]


def test_ids_are_nine_hex_characters_and_an_empty_one_is_left_out() -> None:
    assert len(new_call_id()) == 9
    int(new_call_id(), 16)
    message = whole(Reply(tool_calls=(ToolCall("A"), ToolCall("B", id=""))))["choices"][0][
        "message"
    ]
    assert len(message["tool_calls"][0]["id"]) == 9
    assert "id" not in message["tool_calls"][1]


def test_every_completion_has_an_id_of_its_own() -> None:
    first, second = Identity.new("m", 0.0), Identity.new("m", 0.0)
    assert first.id != second.id
    assert first.id.startswith("chatcmpl-")
