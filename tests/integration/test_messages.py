"""The whole path for each surface: what the client gets, and what the strict providers were sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.live_proxy import DEFAULT_SETTINGS, LiveProxy, live_proxy, rested
from tests.helpers.messages import answer_text, content_of, events_of
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["live_proxy", "rested", "simulator", "simulator_knobs", "simulator_process"]

pytestmark = pytest.mark.proxy

TOOLS = [
    {
        "name": "Read",
        "description": "Read a file.",
        "input_schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {"file_path": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["file_path"],
            "additionalProperties": False,
        },
    }
]
MODELS = ["main", "zai/glm-4.7"]


@pytest.fixture(scope="module", params=["anthropic", "openai", "coding"])
def proxy_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The default settings on each of Z.ai's surfaces."""
    zai = {"keys": ["ZAI_API_KEY"], "surface": request.param}
    return {**DEFAULT_SETTINGS, "providers": {**DEFAULT_SETTINGS["providers"], "zai": zai}}


def a_request(model: str, **changes: Any) -> dict[str, Any]:
    """What Claude Code sends, shortened."""
    return {
        "model": model,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "read it", "cache_control": {"type": "ephemeral"}}]}],
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329; cch=abc"},
            {"type": "text", "text": "You are Claude Code.", "cache_control": {"type": "ephemeral"}},
        ],
        "tools": TOOLS,
        "metadata": {"user_id": json.dumps({"device_id": "d" * 64, "session_id": "s"})},
        "max_tokens": 32000,
        "thinking": {"type": "adaptive", "display": "omitted"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "high"},
        "stream": True,
        **changes,
    }  # fmt: skip


async def ask(proxy: LiveProxy, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a streamed answer."""
    async with proxy.client() as client:
        response = await client.post("/v1/messages?beta=true", json=body)
    assert response.status_code == 200, response.text
    return events_of(response.text)


def assert_nothing_was_refused(simulator: SimulatorProcess) -> None:
    records = simulator.log(bodies=False)
    assert records
    assert [(r.path, r.status, r.refused) for r in records if r.status != 200] == []


@pytest.mark.parametrize("model", MODELS)
async def test_a_stream_echoes_the_requested_name(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str
) -> None:
    simulator.script([{"thinking": "Let me see.", "text": "Done."}])
    events = await ask(live_proxy, a_request(model))
    assert events[0]["message"]["model"] == model
    kinds = [e["content_block"]["type"] for e in events if e["type"] == "content_block_start"]
    assert kinds == ["thinking", "text"]
    assert events[-2]["delta"]["stop_reason"] == "end_turn"
    assert events[-2]["usage"]["output_tokens"] > 0
    assert events[-1] == {"type": "message_stop"}
    assert_nothing_was_refused(simulator)


@pytest.mark.parametrize("model", MODELS)
async def test_a_whole_answer_follows_the_same_rules(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str
) -> None:
    simulator.script([{"thinking": "Let me see.", "text": "Done."}])
    async with live_proxy.client() as client:
        response = await client.post("/v1/messages", json=a_request(model, stream=False))
    message = response.json()
    assert message["model"] == model
    assert [block["type"] for block in message["content"]] == ["thinking", "text"]
    assert message["content"][1]["text"] == "Done."
    assert message["usage"]["input_tokens"] > 0
    assert_nothing_was_refused(simulator)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", MODELS)
async def test_a_tool_is_called_and_its_result_understood(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str, stream: bool
) -> None:
    calls = [
        {"name": "Read", "arguments": {"file_path": "/a"}},
        {"name": "Read", "arguments": {"file_path": "/b"}},
    ]
    simulator.script([{"thinking": "Both.", "tool_calls": calls}, {"text": "They are equal."}])
    body = a_request(model, stream=stream)
    async with live_proxy.client() as client:
        first = await client.post("/v1/messages", json=body)
        blocks = content_of(first.text, stream=stream)
        uses = [block for block in blocks if block["type"] == "tool_use"]
        assert [use["input"] for use in uses] == [{"file_path": "/a"}, {"file_path": "/b"}]
        assert len({use["id"] for use in uses}) == 2
        results = [
            {"type": "tool_result", "tool_use_id": uses[0]["id"], "content": "same"},
            {"type": "tool_result", "tool_use_id": uses[1]["id"], "content": [{"type": "text", "text": "same"}], "is_error": False},
        ]  # fmt: skip
        body["messages"] += [
            {"role": "assistant", "content": blocks},
            {"role": "user", "content": results},
        ]
        second = await client.post("/v1/messages", json=body)
    assert content_of(second.text, stream=stream)[-1]["text"] == "They are equal."
    assert_nothing_was_refused(simulator)


async def test_nothing_the_translator_needs_is_lost_on_the_way(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    """LiteLLM rewrites bodies before a dialect sees them; what reaches the provider tells what is left."""
    note = {"role": "system", "content": "The clock was changed."}
    body = a_request(
        "cerebras/zai-glm-4.7",
        messages=[
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "two"}]},
            {"role": "user", "content": "three"},
            note,
        ],
        stop_sequences=["</block>", "END"],
        top_p=0.5,
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
        thinking={"type": "disabled"},
        output_config={"effort": "low"},
        max_tokens=500,
        stream=False,
    )  # fmt: skip
    async with live_proxy.client() as client:
        assert (await client.post("/v1/messages", json=body)).status_code == 200
    sent = simulator.log()[0].body
    assert sent["stop"] == ["</block>", "END"]
    assert sent["top_p"] == 0.5
    assert sent["tool_choice"] == "required"
    assert sent["parallel_tool_calls"] is False
    assert sent["max_completion_tokens"] == 500
    assert sent["reasoning_effort"] == "none"
    assert sent["tools"][0]["function"]["name"] == "Read"
    texts = json.dumps(sent["messages"])
    assert "The clock was changed." in texts
    assert sent["messages"][-1]["role"] == "user"
    assert "x-anthropic-billing-header" not in texts
    assert "cache_control" not in json.dumps(sent)


async def test_parallel_requests_are_not_mixed_up(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    async def one(number: int) -> None:
        stream = number % 2 == 0
        model = MODELS[number % 2]
        text = f"this is request {number}"
        body = a_request(model, stream=stream, messages=[{"role": "user", "content": text}])
        async with live_proxy.client() as client:
            response = await client.post("/v1/messages", json=body)
        assert answer_text(response.text, stream=stream) == f"You said: {text}"

    await asyncio.gather(*(one(number) for number in range(24)))
    assert_nothing_was_refused(simulator)
