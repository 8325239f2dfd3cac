"""The faults of Z.ai on its Anthropic surface, ZA-01 to ZA-17: the client's view, the providers', and afterwards."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.helpers.faults import (
    NO_WAIT_S,
    READ_TOOL,
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
AGENT_SDK = "You are a Claude agent, built on Anthropic's Claude Agent SDK."
THINKS = {"type": "adaptive"}


@pytest.fixture(scope="module")
def first() -> str:
    """The provider under test."""
    return "zai"


def moved_on(seen: Seen, cause: str, *, attempts: int = 1) -> None:
    """Insist that Z.ai was asked so often, and Cerebras then served without a wait."""
    assert seen.providers == ["zai"] * attempts + ["cerebras"]
    named = (None, None) if seen.reply.pings else ("cerebras/zai-glm-4.7", cause)
    assert (seen.headers.get("x-ccglm-served-by"), seen.headers.get("x-ccglm-fallback")) == named
    assert seen.waits_s[-1] < NO_WAIT_S
    assert seen.text
    assert seen.reply.stop_reason == "end_turn"
    assert seen.hops == [("zai", "failed", cause), ("cerebras", "served", None)]


def served_by_zai(seen: Seen, *, attempts: int = 1) -> None:
    """Insist that Z.ai alone was asked, so often, and served."""
    assert seen.providers == ["zai"] * attempts
    assert seen.hops == [("zai", "served", None)]


async def test_za_01_too_many_at_once_is_tried_once_more_after_a_moment(case: Case) -> None:
    case.fault("ZA-01")
    seen = await case.served()
    served_by_zai(seen, attempts=2)
    assert 0.2 < seen.waits_s[0] < 0.8 + NO_WAIT_S
    assert "x-ccglm-fallback" not in seen.headers
    await case.carries_on()


@either_way
async def test_za_01_too_many_for_long_moves_on(case: Case, stream: bool) -> None:
    case.fault("ZA-01", times=0)
    moved_on(await case.served(stream=stream), "concurrency", attempts=2)
    await case.carries_on()


@either_way
async def test_za_02_an_overload_moves_on_without_waiting(case: Case, stream: bool) -> None:
    case.fault("ZA-02")
    moved_on(await case.served(stream=stream), "overloaded")
    await case.carries_on()


async def test_za_02_alone_it_is_told_and_ends_with_the_overload(case: Case) -> None:
    case.fault("ZA-02")
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (529, "overloaded_error")
    assert 1 <= int(seen.headers["retry-after"]) <= 60
    assert seen.providers == ["zai"]
    case.simulator.advance(91)
    deadline = time.monotonic() + 10
    while (await case.ask(case.member)).status != 200:
        assert time.monotonic() < deadline, "it never came back"


async def test_za_05_an_overflow_makes_the_client_compact(case: Case) -> None:
    case.fault("ZA-05")
    seen = await case.ask()
    assert (seen.status, seen.error["type"]) == (400, "invalid_request_error")
    assert seen.error["message"] == "prompt is too long: 204801 tokens > 204800 maximum"
    assert seen.providers == ["zai"]
    assert "retry-after" not in seen.headers
    await case.carries_on()


async def test_za_06_a_network_error_after_text_ends_in_an_error(case: Case) -> None:
    case.says({"text": "one two three four five " * 4})
    case.simulator.knobs(chunk_delay_ms=20)
    case.fault("ZA-06")
    seen = await case.ask()
    assert seen.status == 200
    assert seen.text.startswith("one two")
    assert not seen.reply.complete
    assert seen.reply.stop_reason is None
    assert seen.error["type"] == "api_error"
    assert "Z.ai" in seen.error["message"]
    assert seen.providers == ["zai"]
    assert seen.hops == [("zai", "failed", "server_error")]
    case.simulator.knobs(chunk_delay_ms=0)
    await case.carries_on()


async def test_za_06_a_whole_answer_with_a_network_error_moves_on(case: Case) -> None:
    case.fault("ZA-06")
    moved_on(await case.served(stream=False), "server_error")
    await case.carries_on()


async def test_za_07_a_window_that_is_full_before_an_answer_is_an_overflow(case: Case) -> None:
    case.says({"finish": "model_context_window_exceeded"})
    seen = await case.ask(stream=False)
    assert (seen.status, seen.error["type"]) == (400, "invalid_request_error")
    assert seen.error["message"].startswith("prompt is too long: ")
    assert seen.providers == ["zai"]
    await case.carries_on()


@either_way
async def test_za_07_a_window_that_is_full_after_words_is_told(case: Case, stream: bool) -> None:
    case.fault("ZA-07")
    seen = await case.served(stream=stream)
    assert seen.text
    assert seen.reply.stop_reason == "model_context_window_exceeded"
    served_by_zai(seen)
    await case.carries_on()


@either_way
async def test_za_08_a_refusal_is_told(case: Case, stream: bool) -> None:
    case.fault("ZA-08")
    seen = await case.served(stream=stream)
    assert seen.reply.stop_reason == "refusal"
    served_by_zai(seen)
    await case.carries_on()


@either_way
async def test_za_09_a_call_without_an_id_gets_one(case: Case, stream: bool) -> None:
    call = {"name": "Read", "arguments": {"file_path": "/a"}}
    case.says({"tool_calls": [call, call]})
    case.fault("ZA-09")
    seen = await case.served(stream=stream, tools=[READ_TOOL])
    assert seen.reply.calls() == [("Read", {"file_path": "/a"})] * 2
    assert len({block["id"] for block in seen.reply.blocks} - {"", None}) == 2
    served_by_zai(seen)
    await case.carries_on()


async def test_za_10_half_a_line_is_an_error_and_no_hang(case: Case) -> None:
    case.says({"text": "one two three four five " * 4})
    case.simulator.knobs(chunk_delay_ms=20)
    case.fault("ZA-10")
    seen = await case.ask()
    assert seen.text.startswith("one two")
    assert not seen.reply.complete
    assert "Z.ai" in seen.error["message"]
    assert seen.providers == ["zai"]
    assert seen.hops == [("zai", "failed", "stream_fault")]
    case.simulator.knobs(chunk_delay_ms=0)
    await case.carries_on()


async def test_za_11_thinking_without_an_answer_is_asked_for_once_more(case: Case) -> None:
    case.fault("ZA-11")
    seen = await case.served(stream=False)
    served_by_zai(seen, attempts=2)
    assert seen.text
    case.fault("ZA-11", times=2)
    moved_on(await case.served(stream=False), "empty_reply", attempts=2)
    await case.carries_on()


async def test_za_11_after_thinking_was_shown_nothing_is_made_up(case: Case) -> None:
    case.simulator.knobs(chunk_delay_ms=20)
    case.fault("ZA-11")
    seen = await case.ask(thinking=THINKS)
    assert seen.reply.texts("thinking")
    assert seen.text if seen.reply.complete else "Z.ai" in seen.error["message"]
    case.simulator.knobs(chunk_delay_ms=0)
    await case.carries_on()


@either_way
async def test_za_13_what_z_ai_calls_illegal_is_put_right_first(case: Case, stream: bool) -> None:
    said = {"type": "text", "text": "two"}
    messages = [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": [{"type": "text", "text": ""}, said]},
        {"role": "assistant", "content": "three"},
        {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "text", "text": "go"}]},
    ]
    served_by_zai(await case.served(stream=stream, messages=messages))
    await case.carries_on()


async def test_za_13_a_refused_body_is_not_tried_again_there(case: Case) -> None:
    case.fault("ZA-13", times=0)
    moved_on(await case.served(), "bad_request")
    await case.carries_on()


@either_way
async def test_za_14_a_model_that_always_thinks_is_never_told_not_to(
    case: Case, stream: bool
) -> None:
    for changes in ({"thinking": {"type": "disabled"}}, {"output_config": {"effort": "xhigh"}}):
        served_by_zai(await case.served("thinker", stream=stream, **changes))
    case.fault("ZA-14", times=0)
    moved_on(await case.served(stream=stream), "bad_request")
    await case.carries_on()


@either_way
async def test_za_15_an_agent_sdk_prompt_is_served(case: Case, stream: bool) -> None:
    case.fault("ZA-15")
    seen = await case.served(stream=stream, system=AGENT_SDK)
    assert seen.text
    assert set(seen.providers[:-1]) <= {"zai"}
    assert len(seen.asked) <= 2
    await case.carries_on()


async def test_za_16_the_mark_of_a_long_context_is_cut_off(case: Case) -> None:
    seen = await case.served(f"{case.member}[1m]")
    served_by_zai(seen)
    assert seen.asked[0].body["model"] == case.model
    assert seen.reply.message["model"] == f"{case.member}[1m]"
    case.fault("ZA-16", times=0)
    moved_on(await case.served(f"{case.role}[1m]"), "model_missing")
    await case.carries_on()


async def test_za_17_signatures_do_not_move_to_another_provider(case: Case) -> None:
    case.simulator.scenario("ZA-17")
    messages: list[dict[str, Any]] = [{"role": "user", "content": "one"}]
    earlier = await case.served("cerebras/zai-glm-4.7", messages=messages, thinking=THINKS)
    assert earlier.reply.texts("thinking")
    answer = [
        {key: value for key, value in block.items() if key != "json"}
        for block in earlier.reply.blocks
    ]
    foreign = {"type": "thinking", "thinking": "Hm.", "signature": "EqQBCgIYAhIkMDAwMDAw"}
    messages += [
        {"role": "assistant", "content": [foreign, *answer]},
        {"role": "user", "content": "three"},
    ]
    for stream in (True, False):
        seen = await case.served(stream=stream, messages=messages, thinking=THINKS)
        served_by_zai(seen)
        sent = seen.asked[0].body["messages"][1]["content"]
        assert not [block for block in sent if block.get("signature")]
        assert earlier.text in [block.get("text") for block in sent]
    await case.carries_on()


async def test_za_17_its_own_signatures_come_back_as_it_made_them(case: Case) -> None:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "one"}]
    earlier = await case.served(stream=False, messages=messages, thinking=THINKS)
    content = earlier.reply.message["content"]
    assert content[0]["type"] == "thinking"
    messages += [{"role": "assistant", "content": content}, {"role": "user", "content": "three"}]
    seen = await case.served(messages=messages, thinking=THINKS)
    served_by_zai(seen)
    sent = seen.asked[0].body["messages"][1]["content"][0]
    assert (sent["type"], sent["thinking"]) == ("thinking", content[0]["thinking"])
    assert content[0]["signature"].endswith(sent["signature"])
    await case.carries_on()


# A plan that is used up, or a key that serves nothing, may be out for all models from then on: last.
async def test_za_03_a_used_up_plan_moves_on_and_tells_the_wait(case: Case) -> None:
    case.fault("ZA-03", params={"reset_in_s": 40})
    seen = await case.served()
    moved_on(seen, "plan_quota")
    await case.carries_on()
    alone = await case.ask(case.member)
    assert (alone.status, alone.error["type"]) == (429, "rate_limit_error")
    # The text names a time in UTC+8: taken for UTC it would be eight hours away, capped at 60.
    assert 20 <= int(alone.headers["retry-after"]) <= 40
    assert "ZAI_API_KEY" in alone.error["message"]
    assert len(alone.asked) <= 1


@pytest.mark.parametrize(
    ("code", "cause", "status", "kind"),
    [
        ("1309", "plan_refused", 403, "permission_error"),
        ("1311", "plan_refused", 403, "permission_error"),
        ("1113", "balance", 402, "billing_error"),
    ],
)
async def test_za_04_what_no_waiting_cures_is_never_retried(
    case: Case, code: str, cause: str, status: int, kind: str
) -> None:
    case.fault("ZA-04", params={"code": code})
    seen = await case.served()
    assert seen.providers in (["zai", "cerebras"], ["cerebras"])
    if "zai" in seen.providers:
        moved_on(seen, cause)
        alone = await case.ask(case.member)
        assert (alone.status, alone.error["type"]) == (status, kind)
        assert alone.headers["x-should-retry"] == "false"
        assert "retry-after" not in alone.headers
        assert len(alone.asked) <= 1
    await case.carries_on()
