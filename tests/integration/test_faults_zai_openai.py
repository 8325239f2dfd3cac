"""The faults of Z.ai that its OpenAI surface has in its own form: endings, ids, torn lines, empty streams."""

from __future__ import annotations

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
)

__all__ = [
    "case", "cases", "live_proxy", "proxy_settings", "simulator", "simulator_knobs", "simulator_process",
]  # fmt: skip

pytestmark = pytest.mark.proxy

either_way = pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
WORDS = "one two three four five " * 4


@pytest.fixture(scope="module")
def first() -> str:
    """The provider under test."""
    return "zai"


@pytest.fixture(scope="module")
def surface() -> str:
    """Pay as you go, in OpenAI's form."""
    return "openai"


def moved_on(seen: Seen, cause: str, *, attempts: int = 1) -> None:
    """Insist that Z.ai was asked so often, and Cerebras then served without a wait."""
    assert seen.providers == ["zai"] * attempts + ["cerebras"]
    named = (None, None) if seen.reply.pings else ("cerebras/zai-glm-4.7", cause)
    assert (seen.headers.get("x-ccglm-served-by"), seen.headers.get("x-ccglm-fallback")) == named
    assert seen.waits_s[-1] < NO_WAIT_S
    assert seen.text
    assert seen.hops == [("zai", "failed", cause), ("cerebras", "served", None)]


def broke_off(seen: Seen, cause: str) -> None:
    """Insist that a begun answer ended with an honest error, no made-up end, and nobody else was asked."""
    assert seen.status == 200
    assert WORDS.startswith(seen.text)
    assert seen.text
    assert not seen.reply.complete
    assert seen.reply.stop_reason is None
    assert "Z.ai" in seen.error["message"]
    assert seen.providers == ["zai"]
    assert seen.hops == [("zai", "failed", cause)]


@pytest.mark.parametrize(("fault", "cause"), [("ZA-06", "server_error"), ("ZA-10", "stream_fault")])
async def test_za_06_and_za_10_after_text_end_in_an_error(
    case: Case, fault: str, cause: str
) -> None:
    case.says({"text": WORDS})
    case.simulator.knobs(chunk_delay_ms=20)
    case.fault(fault)
    broke_off(await case.ask(), cause)
    case.simulator.knobs(chunk_delay_ms=0)
    await case.carries_on()


async def test_za_06_a_whole_answer_with_a_network_error_moves_on(case: Case) -> None:
    case.fault("ZA-06")
    moved_on(await case.served(stream=False), "server_error")
    await case.carries_on()


@either_way
async def test_za_07_and_za_08_keep_their_stop_reasons(case: Case, stream: bool) -> None:
    for fault, reason in (("ZA-07", "model_context_window_exceeded"), ("ZA-08", "refusal")):
        case.fault(fault)
        seen = await case.served(stream=stream)
        assert seen.text
        assert seen.reply.stop_reason == reason
        assert seen.providers == ["zai"]
    await case.carries_on()


@either_way
async def test_za_09_a_call_without_an_id_gets_one(case: Case, stream: bool) -> None:
    call = {"name": "Read", "arguments": {"file_path": "/a"}}
    case.says({"tool_calls": [call, call]})
    case.fault("ZA-09")
    seen = await case.served(stream=stream, tools=[READ_TOOL])
    assert seen.reply.calls() == [("Read", {"file_path": "/a"})] * 2
    assert len({block["id"] for block in seen.reply.blocks} - {"", None}) == 2
    assert seen.providers == ["zai"]
    await case.carries_on()


async def test_za_12_nothing_but_an_end_mark_is_asked_for_once_more(case: Case) -> None:
    case.fault("ZA-12")
    seen = await case.served()
    assert seen.providers == ["zai", "zai"]
    assert seen.hops == [("zai", "served", None)]
    assert seen.text
    case.fault("ZA-12", times=0)
    moved_on(await case.served(), "empty_reply", attempts=2)
    await case.carries_on()


async def test_za_12_alone_it_is_an_error_and_no_empty_answer(case: Case) -> None:
    case.fault("ZA-12", times=0)
    seen = await case.ask(case.member)
    assert (seen.status, seen.error["type"]) == (502, "api_error")
    assert "Z.ai" in seen.error["message"]
    assert seen.providers == ["zai", "zai"]


@either_way
async def test_za_14_a_model_that_always_thinks_gets_an_effort_it_takes(
    case: Case, stream: bool
) -> None:
    asked = (
        ({"thinking": {"type": "disabled"}}, "low"),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "xhigh"}}, "max"),
    )
    for changes, effort in asked:
        seen = await case.served("thinker", stream=stream, **changes)
        assert seen.providers == ["zai"]
        assert seen.asked[0].body["reasoning_effort"] == effort
        assert (seen.asked[0].body.get("thinking") or {}).get("type") != "disabled"
    await case.carries_on()
