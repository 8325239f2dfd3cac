"""Chains with a provider that keeps LiteLLM's own adapter."""

from __future__ import annotations

from typing import Any

import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.live_proxy import (
    DEFAULT_SETTINGS,
    LiveProxy,
    live_proxy,
    start_live_proxy,
)
from tests.helpers.messages import answer_text, content_of, events_of
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["live_proxy", "simulator", "simulator_knobs", "simulator_process"]

pytestmark = pytest.mark.proxy

TOOLS = [{"name": "Read", "description": "Read a file.", "input_schema": {"type": "object", "properties": {"file_path": {"type": "string"}}, "required": ["file_path"]}}]  # fmt: skip


@pytest.fixture(scope="module")
def proxy_settings(simulator_process: SimulatorProcess) -> dict[str, Any]:
    """A provider without a dialect, first in one chain and last in another."""
    other = {"keys": ["ZAI_API_KEY_2"], "base_url": f"{simulator_process.zai_base}/api/paas/v4"}
    return {
        **DEFAULT_SETTINGS,
        "providers": {
            **DEFAULT_SETTINGS["providers"],
            "hosted_vllm": other,
        },
        "models": {
            "main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"],
            "other": ["hosted_vllm/glm-4.7", "cerebras/zai-glm-4.7"],
            "last": ["cerebras/zai-glm-4.7", "hosted_vllm/glm-4.7"],
        },
        "aliases": {"*": "main"},
        "model_facts": {"hosted_vllm/glm-4.7": {"like": "zai/glm-4.7"}},
    }


def a_request(model: str, *, stream: bool = True, **changes: Any) -> dict[str, Any]:
    message = {"role": "user", "content": "say something"}
    return {"model": model, "max_tokens": 200, "stream": stream, "messages": [message], **changes}


async def ask(proxy: LiveProxy, body: dict[str, Any]) -> Any:
    async with proxy.client() as client:
        return await client.post("/v1/messages", json=body)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_provider_without_a_dialect_is_served_by_litellms_adapter(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    response = await ask(live_proxy, a_request("other", stream=stream, system="You are brief."))
    assert response.status_code == 200, response.text
    assert response.headers["x-ccglm-served-by"] == "hosted_vllm/glm-4.7"
    model = events_of(response.text)[0]["message"]["model"] if stream else response.json()["model"]
    assert model == "other"
    assert answer_text(response.text, stream=stream) == "You said: say something"
    (record,) = simulator.log()
    system = record.body["messages"][0]["content"]
    text = system if isinstance(system, str) else "".join(part["text"] for part in system)
    assert text.count("STRICT RULES.") == 1
    assert text.endswith("You are brief.")


@pytest.mark.parametrize("stream", [True, False])
async def test_its_tool_calls_come_through(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    simulator.script([{"tool_calls": [{"name": "Read", "arguments": {"file_path": "/a"}}]}])
    response = await ask(live_proxy, a_request("other", stream=stream, tools=TOOLS))
    uses = [b for b in content_of(response.text, stream=stream) if b["type"] == "tool_use"]
    assert [use["input"] for use in uses] == [{"file_path": "/a"}]


@pytest.mark.parametrize("stream", [True, False])
async def test_it_falls_back_to_a_dialect_and_a_dialect_to_it(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    simulator.scenario("status", params={"status": 500}, times=0, match={"provider": "zai"})
    first = await ask(live_proxy, a_request("other", stream=stream))
    assert first.headers["x-ccglm-served-by"] == "cerebras/zai-glm-4.7"
    assert first.headers["x-ccglm-fallback"] == "server_error"
    simulator.reset()
    simulator.scenario("status", params={"status": 500}, times=0, match={"provider": "cerebras"})
    second = await ask(live_proxy, a_request("last", stream=stream))
    assert second.headers["x-ccglm-served-by"] == "hosted_vllm/glm-4.7"


async def test_its_errors_are_worded_like_ours(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    for provider in ("zai", "cerebras"):
        simulator.scenario("status", params={"status": 401, "body": '{"error":{"message":"bad key"}}'}, times=0, match={"provider": provider})  # fmt: skip
    response = await ask(live_proxy, a_request("hosted_vllm/glm-4.7"))
    assert response.status_code == 403
    message = response.json()["error"]["message"]
    assert "`ZAI_API_KEY_2`" in message
    assert "litellm" not in message.lower()


async def test_a_web_search_is_left_to_the_provider_that_can(
    simulator_process: SimulatorProcess, simulator: SimulatorProcess
) -> None:
    tool = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}
    with start_live_proxy(
        {**DEFAULT_SETTINGS, "routes": {"web_search": "zai"}},
        cerebras_base=simulator_process.cerebras_base,
        zai_base=simulator_process.zai_base,
    ) as proxy:
        response = await ask(proxy, a_request("main", tools=[tool]))
    assert response.status_code == 200, response.text
    # The other proxy of this module may probe a key that rests: its request carries no tools.
    (record,) = [record for record in simulator.log() if record.body.get("tools")]
    assert record.path == "/api/anthropic/v1/messages"
    assert record.body["tools"] == [tool]
