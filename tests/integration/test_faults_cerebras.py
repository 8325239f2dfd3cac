"""The faults of Cerebras, CB-01 to CB-25: what the client sees, what the providers are asked, what is left."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.helpers.faults import (
    NO_WAIT_S,
    READ_TOOL,
    STALL_S,
    Case,
    Seen,
    case,
    cases,
    live_proxy,
    proxy_settings,
    simulator,
    simulator_knobs,
    simulator_process,
    surface,
)

__all__ = [
    "case", "cases", "live_proxy", "proxy_settings", "simulator", "simulator_knobs", "simulator_process", "surface",
]  # fmt: skip

pytestmark = pytest.mark.proxy

either_way = pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
SLOW = {"text": "one two three four five six seven eight nine ten " * 4}


@pytest.fixture(scope="module")
def first() -> str:
    """The provider under test."""
    return "cerebras"


def moved_on(seen: Seen, cause: str, *, attempts: int = 1) -> None:
    """Insist that Cerebras was asked so often, and Z.ai then served without a wait."""
    assert seen.providers == ["cerebras"] * attempts + ["zai"]
    # A stream that had to be opened with a ping names nobody: who serves was not known then.
    named = (None, None) if seen.reply.pings else ("zai/glm-4.7", cause)
    assert (seen.headers.get("x-ccglm-served-by"), seen.headers.get("x-ccglm-fallback")) == named
    assert seen.waits_s[-1] < NO_WAIT_S
    assert seen.text
    assert seen.reply.stop_reason == "end_turn"
    assert seen.hops == [("cerebras", "failed", cause), ("zai", "served", None)]


def broke_off(seen: Seen, *, said: str) -> None:
    """Insist that a begun answer ended with an honest error, no made-up end, and nobody else was asked."""
    assert seen.status == 200
    assert not seen.reply.complete
    assert seen.reply.stop_reason is None
    assert "Cerebras" in seen.error["message"]
    assert said in seen.error["message"]
    assert seen.providers == ["cerebras"]
    assert [hop[:2] for hop in seen.hops] == [("cerebras", "failed")]


def second_turn(**first_answer: Any) -> list[dict[str, Any]]:
    """Return a conversation whose assistant has thought before."""
    thought = {"type": "thinking", "thinking": "Hm, let me see.", "signature": "c2lnbmVk"}
    return [
        {"role": "user", "content": "one"},
        {
            "role": "assistant",
            "content": [thought, {"type": "text", "text": "two"}],
            **first_answer,
        },
        {"role": "user", "content": "three"},
    ]


@either_way
async def test_cb_01_thinking_of_earlier_turns_is_never_sent_as_cerebras_refuses_it(
    case: Case, stream: bool
) -> None:
    seen = await case.served(stream=stream, messages=second_turn(), thinking={"type": "adaptive"})
    assert seen.providers == ["cerebras"]
    sent = json.dumps(seen.asked[0].body)
    assert not [
        word for word in ("reasoning_content", "thinking_blocks", "signature") if word in sent
    ]
    assert seen.hops == [("cerebras", "served", None)]
    await case.carries_on()


async def test_cb_01_a_refused_property_is_not_tried_again_there(case: Case) -> None:
    case.fault("CB-01", times=0)
    moved_on(await case.served(messages=second_turn()), "bad_request")
    await case.carries_on()


@either_way
async def test_cb_02_properties_that_cerebras_refuses_are_left_out(
    case: Case, stream: bool
) -> None:
    odd: dict[str, Any] = {
        "top_k": 5,
        "metadata": {"user_id": "user_1234567"},
        "reasoning": {"effort": "high"},
    }
    seen = await case.served(stream=stream, **odd)
    assert seen.providers == ["cerebras"]
    assert not set(odd) & set(seen.asked[0].body)
    await case.carries_on()


async def test_cb_02_a_refused_property_is_not_tried_again_there(case: Case) -> None:
    case.fault("CB-02", times=0)
    moved_on(await case.served(), "bad_request")
    await case.carries_on()


@either_way
async def test_cb_03_a_missing_model_moves_on_every_time(case: Case, stream: bool) -> None:
    case.fault("CB-03")
    moved_on(await case.served(stream=stream), "model_missing")
    await case.carries_on()


async def test_cb_03_a_missing_model_alone_is_named(case: Case) -> None:
    case.fault("CB-03")
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (404, "not_found_error")
    assert case.model in seen.error["message"]
    assert "ccglm models" in seen.error["message"]
    assert seen.providers == ["cerebras"]


@either_way
async def test_cb_04_a_request_quota_moves_on_without_waiting(case: Case, stream: bool) -> None:
    case.fault("CB-04", times=0)
    seen = await case.served(stream=stream)
    moved_on(seen, "request_quota")
    assert seen.duration_s < 10 * NO_WAIT_S
    await case.carries_on()


async def test_cb_04_alone_it_is_told_with_the_wait(case: Case) -> None:
    case.fault("CB-04", times=0)
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (429, "rate_limit_error")
    assert seen.headers["retry-after"] == "58"
    assert "CEREBRAS_API_KEY" in seen.error["message"]
    assert seen.providers == ["cerebras"]


@either_way
async def test_cb_05_a_token_quota_moves_on_without_waiting(case: Case, stream: bool) -> None:
    case.fault("CB-05", times=0)
    moved_on(await case.served(stream=stream), "token_quota")
    await case.carries_on()


async def test_cb_05_alone_the_reset_header_is_the_wait(case: Case) -> None:
    case.fault("CB-05", times=0)
    seen = await case.ask(case.member)
    assert (seen.status, seen.headers["retry-after"]) == (429, "12")
    assert seen.providers == ["cerebras"]


@either_way
async def test_cb_06_a_request_larger_than_the_bucket_is_asked_once(
    case: Case, stream: bool
) -> None:
    case.fault("CB-06")
    seen = await case.served(stream=stream)
    moved_on(seen, "token_quota")
    await case.carries_on()


async def test_cb_07_a_full_queue_is_tried_once_more_after_a_moment(case: Case) -> None:
    case.fault("CB-07")
    seen = await case.served()
    assert seen.providers == ["cerebras", "cerebras"]
    assert [record.status for record in seen.asked] == [429, 200]
    assert 0.2 < seen.waits_s[0] < 0.8 + NO_WAIT_S
    assert "x-ccglm-fallback" not in seen.headers
    assert seen.hops == [("cerebras", "served", None)]
    await case.carries_on()


@either_way
async def test_cb_08_a_queue_that_stays_full_moves_on(case: Case, stream: bool) -> None:
    case.fault("CB-08")
    moved_on(await case.served(stream=stream), "queue_full", attempts=2)
    await case.carries_on()


@either_way
async def test_cb_09_an_overflow_goes_to_a_larger_window(case: Case, stream: bool) -> None:
    case.fault("CB-09", times=0)
    moved_on(await case.served(stream=stream), "context_overflow")
    await case.carries_on()


@either_way
async def test_cb_09_alone_an_overflow_makes_the_client_compact(case: Case, stream: bool) -> None:
    case.fault("CB-09", times=0)
    seen = await case.ask(case.member, stream=stream)
    assert (seen.status, seen.error["type"]) == (400, "invalid_request_error")
    assert seen.error["message"] == "prompt is too long: 140000 tokens > 131072 maximum"
    assert seen.providers == ["cerebras"]


async def test_cb_11_a_flat_error_stays_readable(case: Case) -> None:
    case.fault("CB-11", times=2)
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (400, "invalid_request_error")
    assert "The request could not be processed" in seen.error["message"]
    assert seen.providers == ["cerebras"]
    moved_on(await case.served(), "bad_request")
    await case.carries_on()


async def test_cb_12_an_error_before_content_is_a_full_queue_like_any_other(case: Case) -> None:
    case.fault("CB-12")
    seen = await case.served()
    assert seen.providers == ["cerebras", "cerebras"]
    assert seen.hops == [("cerebras", "served", None)]
    case.fault("CB-12", times=0)
    moved_on(await case.served(), "queue_full", attempts=2)
    await case.carries_on()


@pytest.mark.parametrize("where", ["text", "tool"])
async def test_cb_13_an_error_after_content_ends_in_an_error(case: Case, where: str) -> None:
    calls = [{"name": "Read", "arguments": {"file_path": name}} for name in ("/a", "/b")]
    case.says({**SLOW, "tool_calls": calls if where == "tool" else []})
    case.simulator.knobs(chunk_delay_ms=20)
    case.fault("CB-13", params={"where": where})
    seen = await case.ask(tools=[READ_TOOL])
    broke_off(seen, said="high traffic")
    assert SLOW["text"].startswith(seen.text)
    assert seen.text
    case.simulator.knobs(chunk_delay_ms=0)
    await case.carries_on()


@pytest.mark.parametrize("end", ["reset", "eof"])
async def test_cb_14_a_lost_connection_after_content_ends_in_an_error(case: Case, end: str) -> None:
    case.says(SLOW)
    case.simulator.knobs(chunk_delay_ms=20)
    case.fault("CB-14", params={"end": end})
    seen = await case.ask()
    broke_off(seen, said="")
    assert SLOW["text"].startswith(seen.text)
    assert seen.text
    case.simulator.knobs(chunk_delay_ms=0)
    await case.carries_on()


@pytest.mark.parametrize("end", ["reset", "eof"])
async def test_cb_14_a_whole_answer_that_breaks_off_moves_on(case: Case, end: str) -> None:
    case.fault("CB-14", params={"end": end})
    moved_on(await case.served(stream=False), "reset")
    await case.carries_on()


@either_way
async def test_cb_15_thinking_that_used_up_the_budget_says_so(case: Case, stream: bool) -> None:
    case.fault("CB-15")
    seen = await case.served(stream=stream, thinking={"type": "adaptive"})
    assert seen.reply.stop_reason == "max_tokens"
    assert [block["type"] for block in seen.reply.blocks] == ["thinking"]
    assert seen.providers == ["cerebras"]
    assert seen.hops == [("cerebras", "served", None)]
    await case.carries_on()


async def test_cb_16_parallel_calls_are_the_same_blocks_however_they_come(case: Case) -> None:
    arguments = [{"file_path": "/ä"}, {"file_path": "/b", "limit": 3}]
    calls = [
        {"name": "Read", "arguments": given, "id": f"call_{number}"}
        for number, given in enumerate(arguments)
    ]
    seen: list[list[dict[str, Any]]] = []
    ways = itertools.product(("whole", "fragments", "one_chunk"), (True, False))
    for variant, stream in ways:
        case.says({"tool_calls": calls})
        case.fault("CB-16", params={"variant": variant})
        answer = await case.served(stream=stream, tools=[READ_TOOL])
        assert answer.providers == ["cerebras"]
        assert answer.reply.stop_reason == "tool_use"
        seen.append(
            [{**b, "json": json.loads(b["json"]), "input": {}} for b in answer.reply.blocks]
        )
    assert all(blocks == seen[0] for blocks in seen)
    assert [(block["name"], block["json"]) for block in seen[0]] == [("Read", a) for a in arguments]
    assert len({block["id"] for block in seen[0]}) == 2
    await case.carries_on()


async def test_cb_17_thinking_is_closed_before_text_opens(case: Case) -> None:
    case.says({"thinking": "First this.", "text": "Then that."})
    case.fault("CB-17")
    seen = await case.served(thinking={"type": "adaptive"})
    assert [block["type"] for block in seen.reply.blocks] == ["thinking", "text"]
    assert seen.reply.texts("thinking") == ["First this."]
    assert seen.reply.texts() == ["Then that."]
    assert seen.providers == ["cerebras"]
    await case.carries_on()


@either_way
async def test_cb_18_a_call_announced_and_not_made_is_asked_for_again(
    case: Case, stream: bool
) -> None:
    case.fault("CB-18")
    seen = await case.served(stream=stream, tools=[READ_TOOL])
    assert seen.providers == ["cerebras", "cerebras"]
    assert seen.hops == [("cerebras", "served", None)]
    case.fault("CB-18", times=0)
    moved_on(await case.served(stream=stream, tools=[READ_TOOL]), "empty_reply", attempts=2)
    await case.carries_on()


@either_way
async def test_cb_19_arguments_that_are_no_json_are_asked_for_again(
    case: Case, stream: bool
) -> None:
    call = {"name": "Read", "arguments": {"file_path": "/a"}}
    case.says({"tool_calls": [call], "repeat": 2})
    case.fault("CB-19", params={"variant": "invalid"})
    seen = await case.served(stream=stream, tools=[READ_TOOL])
    assert seen.reply.calls() == [("Read", {"file_path": "/a"})]
    assert set(seen.providers) == {"cerebras"}
    assert len(seen.asked) <= 2
    await case.carries_on()


@either_way
async def test_cb_19_an_object_that_comes_as_text_becomes_the_object(
    case: Case, stream: bool
) -> None:
    schema = {"type": "object", "properties": {"options": {"type": "object"}}}
    given = {"options": {"depth": 2, "tags": ["a"]}}
    case.says({"tool_calls": [{"name": "Configure", "arguments": given}]})
    case.fault("CB-19", params={"variant": "nested"})
    tool = {"name": "Configure", "input_schema": schema}
    seen = await case.served(stream=stream, tools=[tool])
    assert seen.reply.calls() == [("Configure", given)]
    assert seen.providers == ["cerebras"]
    await case.carries_on()


@either_way
async def test_cb_19_no_arguments_are_an_empty_object(case: Case, stream: bool) -> None:
    case.says({"tool_calls": [{"name": "ExitPlanMode"}]})
    case.fault("CB-19", params={"variant": "empty"})
    tool = {"name": "ExitPlanMode", "input_schema": {"type": "object", "properties": {}}}
    seen = await case.served(stream=stream, tools=[tool])
    assert seen.reply.calls() == [("ExitPlanMode", {})]
    assert seen.providers == ["cerebras"]
    await case.carries_on()


@either_way
async def test_cb_20_markup_in_a_tool_name_never_reaches_the_client(
    case: Case, stream: bool
) -> None:
    call = {"name": "Read", "arguments": {"file_path": "/a"}}
    case.says({"tool_calls": [call], "repeat": 2})
    case.fault("CB-20")
    seen = await case.served(stream=stream, tools=[READ_TOOL])
    assert seen.reply.calls() == [("Read", {"file_path": "/a"})]
    assert set(seen.providers) == {"cerebras"}
    assert len(seen.asked) <= 2
    await case.carries_on()


@either_way
async def test_cb_21_words_in_another_language_arrive_as_they_are(case: Case, stream: bool) -> None:
    words = "我已经完成了您的请求。"
    case.fault("CB-21", params={"text": words})
    seen = await case.served(stream=stream)
    assert (seen.text, seen.reply.stop_reason) == (words, "end_turn")
    assert seen.providers == ["cerebras"]
    await case.carries_on()


@either_way
@pytest.mark.parametrize("status", [502, 503, 504])
async def test_cb_22_a_page_of_the_edge_moves_on(case: Case, stream: bool, status: int) -> None:
    case.fault("CB-22", params={"status": status})
    moved_on(await case.served(stream=stream), "edge_error")
    await case.carries_on()


async def test_cb_22_alone_the_page_itself_is_not_shown(case: Case) -> None:
    case.fault("CB-22", params={"status": 502})
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (502, "api_error")
    assert "<" not in seen.error["message"]
    assert seen.providers == ["cerebras"]


async def test_cb_22_a_body_that_is_too_large_is_an_overflow(case: Case) -> None:
    case.fault("CB-22", params={"status": 413}, times=2)
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (400, "invalid_request_error")
    assert seen.error["message"].startswith("prompt is too long: ")
    assert seen.providers == ["cerebras"]
    moved_on(await case.served(), "body_too_large")
    await case.carries_on()


async def test_cb_23_silence_is_filled_with_pings(case: Case) -> None:
    case.fault("CB-23", params={"silence_s": 2.6})
    seen = await case.served()
    assert seen.reply.pings >= 2
    assert seen.providers == ["cerebras"]
    assert seen.hops == [("cerebras", "served", None)]
    await case.carries_on()


async def test_cb_23_silence_without_end_moves_on(case: Case) -> None:
    case.fault("CB-23")
    seen = await case.served()
    assert seen.providers == ["cerebras", "zai"]
    assert seen.asked[0].closed_early
    assert STALL_S <= seen.duration_s < STALL_S + 5 * NO_WAIT_S
    assert seen.hops == [("cerebras", "failed", "timeout"), ("zai", "served", None)]
    await case.carries_on()


async def test_cb_24_strict_tools_are_never_mixed(case: Case) -> None:
    strict = {**READ_TOOL, "strict": True}
    loose = {"name": "Write", "input_schema": {"type": "object", "properties": {}}}
    seen = await case.served(tools=[strict, loose])
    assert seen.providers == ["cerebras"]
    assert len({tool["function"].get("strict") for tool in seen.asked[0].body["tools"]}) == 1
    case.fault("CB-24")
    moved_on(await case.served(tools=[strict]), "bad_request")
    await case.carries_on()


@either_way
async def test_cb_25_no_more_output_is_reserved_than_is_needed(case: Case, stream: bool) -> None:
    case.fault("CB-25", params={"bucket": 30_000})
    seen = await case.served(stream=stream, max_tokens=32_000)
    assert seen.providers == ["cerebras"]
    assert seen.asked[0].body["max_completion_tokens"] <= 16_384
    await case.carries_on()


# A key that is not paid may be out for all its models from then on: last.
async def test_cb_10_a_missing_payment_moves_on_and_names_the_bill(case: Case) -> None:
    case.fault("CB-10")
    moved_on(await case.served(), "payment")
    await case.carries_on()
    alone = await case.ask(case.member)
    assert (alone.status, alone.error["type"]) == (402, "billing_error")
    assert "CEREBRAS_API_KEY" in alone.error["message"]
    assert "billing" in alone.error["message"]
    assert alone.headers["x-should-retry"] == "false"
    assert len(alone.asked) <= 1
