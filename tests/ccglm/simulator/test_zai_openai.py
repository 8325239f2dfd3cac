from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.knobs import Knobs
from ccglm.simulator.reply import Reply, ToolCall
from ccglm.simulator.speech import speak
from ccglm.simulator.zai_openai import ZaiIdentity, id_of, new_call_id, stream_events, whole_body
from tests.helpers.provider_calls import calls_of, text_of

WHO = ZaiIdentity("20261120235959abc", "glm-5.3", 1_790_000_000.0)
CALL = ToolCall("Read", '{"file_path":"/a"}', "call_1a2b")


def whole(reply: Reply) -> dict[str, Any]:
    speech = speak(reply)
    return orjson.loads(whole_body(speech, WHO, speech.usage(prompt_tokens=13, cached_tokens=5)))


def chunks(reply: Reply, *, tool_stream: bool = False, **changes: Any) -> list[dict[str, Any]]:
    speech = speak(reply)
    usage = speech.usage(prompt_tokens=13, cached_tokens=5)
    events = stream_events(speech, WHO, usage, Knobs().patched(changes), tool_stream=tool_stream)
    lines = [events.one(i) for i in range(len(events))]
    assert lines[-1] == b"data: [DONE]\n\n"
    return [orjson.loads(line.removeprefix(b"data: ")) for line in lines[:-1]]


def test_a_whole_answer_has_reasoning_beside_content() -> None:
    body = whole(Reply(thinking="Check first.", text="Done."))
    assert body["id"] == body["request_id"] == WHO.id
    assert body["choices"][0] == {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": "Done.", "reasoning_content": "Check first."},
    }
    assert body["usage"] == {
        "prompt_tokens": 13,
        "completion_tokens": 6,
        "total_tokens": 19,
        "prompt_tokens_details": {"cached_tokens": 5},
        "completion_tokens_details": {"reasoning_tokens": 4},
    }


def test_every_delta_repeats_the_role_and_only_the_last_chunk_finishes() -> None:
    found = chunks(Reply(thinking="Check", text="Reading", tool_calls=(CALL,)))
    assert all(chunk["choices"][0]["delta"]["role"] == "assistant" for chunk in found)
    assert ["finish_reason" in chunk["choices"][0] for chunk in found[:-1]] == [False] * (
        len(found) - 1
    )
    assert found[-1]["choices"][0]["finish_reason"] == "tool_calls"
    assert found[-1]["usage"]["prompt_tokens"] == 13
    assert found[0]["choices"][0] == {
        "index": 0,
        "delta": {"role": "assistant", "reasoning_content": "Chec"},
    }


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_stream_and_the_whole_answer_say_the_same(thinking: str, text: str) -> None:
    reply = Reply(thinking=thinking, text=text, tool_calls=(CALL,))
    found, message = chunks(reply), whole(reply)["choices"][0]["message"]
    assert text_of(found, "reasoning_content") == message.get("reasoning_content", "")
    assert text_of(found) == message["content"]


@pytest.mark.parametrize(
    ("tool_stream", "changes"),
    [
        (False, {}),
        (True, {}),
        (True, {"guess.zai_fragment_keys": "all"}),
        (False, {"tool_args": "fragments"}),
        (False, {"guess.tool_calls_in_one_chunk": True}),
    ],
)
def test_tool_calls_arrive_the_same_in_every_variant(
    tool_stream: bool, changes: dict[str, Any]
) -> None:
    second = ToolCall("Bash", '{"command":"ls"}', "call_2")
    found = chunks(Reply(tool_calls=(CALL, second)), tool_stream=tool_stream, **changes)
    assert calls_of(found) == [
        {"id": call.id, "name": call.name, "arguments": call.arguments} for call in (CALL, second)
    ]


def test_the_keys_that_fragments_repeat_are_a_guess() -> None:
    def second_delta(**changes: Any) -> dict[str, Any]:
        found = chunks(Reply(tool_calls=(CALL,)), tool_stream=True, **changes)
        return found[1]["choices"][0]["delta"]["tool_calls"][0]

    assert set(second_delta()) == {"index", "function"}
    assert set(second_delta(**{"guess.zai_fragment_keys": "all"})) == {
        "index",
        "function",
        "id",
        "type",
    }


def test_ids_are_made_kept_or_left_out() -> None:
    assert new_call_id().startswith("call_")
    assert id_of(CALL) == "call_1a2b"
    found = chunks(Reply(tool_calls=(ToolCall("Read", id=""),)))
    assert "id" not in found[0]["choices"][0]["delta"]["tool_calls"][0]
