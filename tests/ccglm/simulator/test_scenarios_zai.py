"""Each fault of Z.ai by name, on its surfaces."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ccglm.simulator.answer import Answer
from ccglm.simulator.zai_errors import BEIJING
from tests.helpers.provider_calls import (
    CEREBRAS,
    ZAI_ANTHROPIC,
    ZAI_CODING,
    ZAI_OPENAI,
    a_world,
    arm,
    ask,
    calls_of,
    chunks_of,
    json_of,
    stream_of,
    text_of,
)

SURFACES = (ZAI_OPENAI, ZAI_CODING, ZAI_ANTHROPIC)


def hit(
    name: str, path: str = ZAI_OPENAI, *, params: dict[str, Any] | None = None, **more: Any
) -> Answer:
    world = a_world()
    arm(world, name, params=params or {})
    result = ask(world, path, **more)
    assert result.scenario == name
    return result


@pytest.mark.parametrize("path", SURFACES)
@pytest.mark.parametrize(
    ("name", "params", "status", "code"),
    [
        ("ZA-01", {}, 429, "1302"),
        ("ZA-02", {}, 429, "1305"),
        ("ZA-03", {}, 429, "1308"),
        ("ZA-04", {}, 429, "1113"),
        ("ZA-04", {"code": "1309"}, 429, "1309"),
        ("ZA-04", {"code": 1311}, 429, "1311"),
        ("ZA-05", {}, 400, "1261"),
        ("ZA-13", {}, 400, "1214"),
        ("ZA-14", {}, 400, "1210"),
        ("ZA-16", {}, 400, "1211"),
    ],
)
def test_refusals(path: str, name: str, params: dict[str, Any], status: int, code: str) -> None:
    result = hit(name, path, params=params)
    overloaded = code == "1305" and path == ZAI_ANTHROPIC
    assert result.status == (529 if overloaded else status)
    assert json_of(result)["error"]["code"] == code


def test_za_02_lasts_ninety_seconds() -> None:
    world = a_world()
    arm(world, "ZA-02")
    assert [ask(world, ZAI_OPENAI).status for _ in range(5)] == [429] * 5
    world.clock.advance(91)
    assert ask(world, ZAI_OPENAI).status == 200


def test_za_03_names_a_time_in_beijing() -> None:
    world = a_world()
    arm(world, "ZA-03", params={"reset_in_s": 3_600})
    message = json_of(ask(world, ZAI_ANTHROPIC))["error"]["message"]
    text = message.removeprefix("Usage limit reached for 5 hour. Your limit will reset at ")
    reset_at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    assert abs(reset_at - world.clock.now() - timedelta(hours=1)) < timedelta(seconds=2)


@pytest.mark.parametrize("code", ["1308", "1310", "1316", "1321"])
def test_other_quotas_have_a_reset_time_too(code: str) -> None:
    assert "will reset at 20" in hit("ZA-03", params={"code": code}).message


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ZA-06", "network_error"),
        ("ZA-07", "model_context_window_exceeded"),
        ("ZA-08", "sensitive"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_faults_that_come_as_a_finish_reason(name: str, reason: str, stream: bool) -> None:
    result = hit(name, stream=stream)
    choice = chunks_of(result)[-1]["choices"][0] if stream else json_of(result)["choices"][0]
    assert choice["finish_reason"] == reason
    assert result.usage.completion_tokens > 0
    assert hit(name, ZAI_ANTHROPIC).finish_reason == reason


def test_za_09_a_call_without_an_id() -> None:
    (call,) = calls_of(chunks_of(hit("ZA-09", stream=True, read_tool=True)))
    assert call["id"] is None
    block = json_of(hit("ZA-09", ZAI_ANTHROPIC, read_tool=True))["content"][0]
    assert "id" not in block


@pytest.mark.parametrize("path", SURFACES)
def test_za_10_one_line_is_truncated(path: str) -> None:
    lines = stream_of(hit("ZA-10", path, stream=True)).split(b"\n")
    broken = [line for line in lines if line.startswith(b"data: {") and not line.endswith(b"}")]
    assert len(broken) == 1


def test_za_11_thinking_and_nothing_else() -> None:
    result = hit("ZA-11", stream=True)
    assert text_of(chunks_of(result), "reasoning_content")
    assert not text_of(chunks_of(result))
    assert result.finish_reason == "stop"


def test_za_12_nothing_but_the_end() -> None:
    assert stream_of(hit("ZA-12", stream=True)) == b"data: [DONE]\n\n"
    assert stream_of(hit("ZA-12", ZAI_ANTHROPIC, stream=True)).startswith(b"event: message_stop")


def test_za_14_has_the_recorded_wording() -> None:
    assert hit("ZA-14").message.startswith("This model always engages in thinking")


def test_za_15_strikes_only_at_the_agent_sentence() -> None:
    world = a_world()
    arm(world, "ZA-15")
    sentence = "You are a Claude agent, built on Anthropic's Claude Agent SDK. Be brief."
    assert ask(world, ZAI_ANTHROPIC, system="You are Claude Code.").status == 200
    assert ask(world, ZAI_ANTHROPIC, system=sentence).status == 529
    assert ask(world, ZAI_ANTHROPIC, system=[{"type": "text", "text": sentence}]).status == 529


def test_za_17_strikes_only_at_foreign_signatures() -> None:
    world = a_world()
    arm(world, "ZA-17")

    def history(**signature: str) -> list[dict[str, Any]]:
        thought = {"type": "thinking", "thinking": "hm", **signature}
        spoken = {"type": "text", "text": "hi"}
        user = {"role": "user", "content": "hello"}
        return [user, {"role": "assistant", "content": [thought, spoken]}, user]

    assert ask(world, ZAI_ANTHROPIC, messages=history()).status == 200
    assert ask(world, ZAI_ANTHROPIC, messages=history(signature="abc")).status == 400


def test_a_fault_of_zai_leaves_cerebras_alone() -> None:
    world = a_world()
    arm(world, "ZA-01")
    assert ask(world, CEREBRAS).status == 200
    assert ask(world, ZAI_CODING).code == "1302"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="code is one of"):
        arm(a_world(), "ZA-04", params={"code": "9999"})
