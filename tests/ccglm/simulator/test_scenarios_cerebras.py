"""Each fault of Cerebras by name: what the provider's answer looks like when it is armed."""

from typing import Any

import orjson
import pytest

from ccglm.simulator.answer import Answer
from tests.helpers.provider_calls import (
    CEREBRAS,
    a_body,
    a_request,
    a_world,
    answer,
    arm,
    ask,
    calls_of,
    chunks_of,
    json_of,
    stream_of,
    text_of,
)


def hit(name: str, *, params: dict[str, Any] | None = None, **more: Any) -> Answer:
    """Return the answer to a request that the armed scenario hits."""
    world = a_world()
    arm(world, name, params=params or {})
    result = ask(world, **more)
    assert result.scenario == name
    return result


@pytest.mark.parametrize(
    ("name", "params", "status", "code", "message"),
    [
        ("CB-02", {"property": "metadata"}, 400, "wrong_api_format", "body.metadata: property"),
        ("CB-03", {}, 404, "model_not_found", "Model zai-glm-4.7 does not exist"),
        ("CB-04", {}, 429, "request_quota_exceeded", "Requests per minute"),
        ("CB-05", {"period": "hour"}, 429, "token_quota_exceeded", "Tokens per hour"),
        ("CB-06", {}, 429, "token_quota_exceeded", "Tokens per minute"),
        ("CB-07", {}, 429, "queue_exceeded", "We're experiencing high traffic"),
        ("CB-08", {}, 429, "queue_exceeded", "We're experiencing high traffic"),
        ("CB-09", {"length": 9, "limit": 8}, 400, "context_length_exceeded", "Please reduce"),
        ("CB-10", {}, 402, "payment_required", "Payment required"),
        ("CB-11", {}, 400, "wrong_api_format", "The request could not be processed"),
        ("CB-24", {}, 400, "wrong_api_format", "Tools with mixed values for 'strict'"),
        ("CB-24", {"variant": "missing"}, 400, "wrong_api_format", "Strict schemas must set"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_refusals(
    name: str, params: dict[str, Any], status: int, code: str, message: str, stream: bool
) -> None:
    result = hit(name, params=params, stream=stream)
    assert (result.status, result.code) == (status, code)
    assert json_of(result)["message"].startswith(message)


def test_cb_01_names_the_assistant_message() -> None:
    world = a_world()
    arm(world, "CB-01")
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "u"},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": "v"},
    ]
    path = "messages.2.assistant.reasoning_content"
    assert ask(world, messages=messages).message == f"{path}: property '{path}' is unsupported"


def test_cb_04_carries_retry_after_and_cb_05_only_a_reset() -> None:
    assert dict(hit("CB-04").headers)["retry-after"] == "58"
    token = dict(hit("CB-05").headers)
    assert "retry-after" not in token
    assert token["x-ratelimit-remaining-tokens-minute"] == "0"
    assert token["x-ratelimit-reset-tokens-minute"] == "11.382729768753052"
    assert dict(hit("CB-05", params={"retry_after": 7}).headers)["retry-after"] == "7"


def test_how_often_each_fault_strikes() -> None:
    for name, times in (("CB-07", 1), ("CB-08", 20), ("CB-04", 1)):
        world = a_world()
        arm(world, name)
        statuses = [ask(world).status for _ in range(times + 1)]
        assert statuses == [429] * times + [200], name
    for name in ("CB-03", "CB-06", "CB-10"):
        world = a_world()
        arm(world, name)
        assert all(ask(world).status >= 400 for _ in range(30)), name


@pytest.mark.parametrize("ending", ["close", "done"])
def test_cb_12_an_error_before_any_content(ending: str) -> None:
    world = a_world(**{"guess.error_chunk_end": ending})
    arm(world, "CB-12")
    result = ask(world, stream=True)
    chunks = chunks_of(result)
    assert [chunk.get("status_code") for chunk in chunks] == [None, 429]
    assert stream_of(result).endswith(b"[DONE]\n\n") is (ending == "done")
    assert result.end == ("complete" if ending == "done" else "eof")


@pytest.mark.parametrize("where", ["text", "tool", "thinking"])
def test_cb_13_an_error_after_content(where: str) -> None:
    more: dict[str, Any] = {"reasoning_effort": "low", "stream": True}
    if where == "tool":
        more |= {"text": "read a/b.txt", "read_tool": True}
    result = hit("CB-13", params={"where": where}, **more)
    chunks = chunks_of(result)
    assert chunks[-1]["status_code"] == 429
    assert "finish_reason" not in str(chunks[:-1])
    said = {
        "text": text_of(chunks),
        "thinking": text_of(chunks, "reasoning"),
        "tool": calls_of(chunks),
    }
    assert said[where]


def test_cb_14_the_stream_is_cut() -> None:
    assert hit("CB-14", stream=True).end == "reset"
    result = hit("CB-14", params={"end": "eof"}, stream=True)
    assert result.end == "eof"
    assert text_of(chunks_of(result))
    assert b"finish_reason" not in stream_of(result)
    assert hit("CB-14").end == "reset"


def test_cb_15_only_reasoning() -> None:
    message = json_of(hit("CB-15"))["choices"][0]
    assert message["finish_reason"] == "length"
    assert set(message["message"]) == {"role", "reasoning"}


@pytest.mark.parametrize("variant", ["whole", "fragments", "one_chunk"])
def test_cb_16_two_calls_however_they_are_cut(variant: str) -> None:
    result = hit("CB-16", params={"variant": variant}, stream=True, read_tool=True)
    calls = calls_of(chunks_of(result))
    assert [call["name"] for call in calls] == ["Read", "Read"]
    assert all(orjson.loads(call["arguments"]) == {"file_path": "example"} for call in calls)
    assert calls[0]["id"] != calls[1]["id"]


def test_cb_17_content_and_reasoning_in_one_chunk() -> None:
    world = a_world(changeover="separate")
    arm(world, "CB-17")
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks_of(ask(world, stream=True))]
    assert any({"content", "reasoning"} <= set(delta) for delta in deltas)


def test_cb_18_finish_tool_calls_without_a_call() -> None:
    result = hit("CB-18", stream=True, read_tool=True)
    assert result.finish_reason == "tool_calls"
    assert calls_of(chunks_of(result)) == []


@pytest.mark.parametrize("variant", ["invalid", "nested", "empty"])
def test_cb_19_arguments_that_are_wrong(variant: str) -> None:
    result = hit("CB-19", params={"variant": variant}, stream=True, read_tool=True)
    (call,) = calls_of(chunks_of(result))
    match variant:
        case "invalid":
            with pytest.raises(orjson.JSONDecodeError):
                orjson.loads(call["arguments"])
        case "nested":
            assert isinstance(orjson.loads(call["arguments"])["nested"], str)
        case _:
            assert call["arguments"] == ""


def test_cb_20_markup_in_the_name() -> None:
    (call,) = calls_of(chunks_of(hit("CB-20", stream=True, read_tool=True)))
    assert call["name"] == "Read<arg_key>file_path</arg_key><arg_value>example</arg_value>"
    assert call["arguments"] == "{}"


def test_cb_21_the_wrong_language() -> None:
    assert json_of(hit("CB-21"))["choices"][0]["message"]["content"].startswith("我")


def test_cb_22_the_edge_answers_before_any_check() -> None:
    world = a_world()
    arm(world, "CB-22")
    result = answer(world, a_request(CEREBRAS, b"not json", accept="*/*"))
    assert result.status == 502
    assert dict(result.headers)["content-type"] == "text/html"
    arm(world, "CB-22", params={"status": 413})
    too_large = answer(world, a_request(CEREBRAS))
    assert (too_large.status, too_large.body) == (413, b"")


def test_cb_23_silence() -> None:
    assert hit("CB-23").delay_s == 60
    assert hit("CB-23", params={"silence_s": 0.5}).delay_s == 0.5


def test_cb_25_a_reservation_that_does_not_fit() -> None:
    world = a_world()
    arm(world, "CB-25")
    long = "x" * 3_600 * 20
    refused = ask(world, text=long, max_completion_tokens=32_000)
    assert refused.code == "token_quota_exceeded"
    assert ask(world, text=long, max_completion_tokens=4_000).status == 200


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(ValueError, match="variant"):
        arm(a_world(), "CB-19", params={"variant": "odd"})


def test_a_request_that_is_invalid_anyway_does_not_use_a_fault_up() -> None:
    world = a_world()
    arm(world, "CB-07")
    assert ask(world, top_k=1).code == "wrong_api_format"
    assert ask(world).code == "queue_exceeded"
    assert answer(world, a_request(CEREBRAS, a_body(CEREBRAS))).status == 200
