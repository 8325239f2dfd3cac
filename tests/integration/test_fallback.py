"""What goes wrong at one provider moves to the next, whatever name was asked for, and nothing is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.live_proxy import DEFAULT_SETTINGS, LiveProxy, live_proxy, rested
from tests.helpers.messages import answer_text, events_of
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["live_proxy", "rested", "simulator", "simulator_knobs", "simulator_process"]

pytestmark = pytest.mark.proxy

NAMES = [
    "main", "MAIN", "opus", "claude-sonnet-4-5-20250929", "claude-opus-5-5[1m]", "anything-else", "main[1m]",
]  # fmt: skip
TWO_KEYS = {"keys": ["CEREBRAS_API_KEY", "CEREBRAS_API_KEY_2"]}


@pytest.fixture(scope="module")
def proxy_settings() -> dict[str, Any]:
    """Two Cerebras keys before Z.ai."""
    return {
        **DEFAULT_SETTINGS,
        "providers": {**DEFAULT_SETTINGS["providers"], "cerebras": TWO_KEYS},
    }


def a_request(model: str = "main", *, stream: bool = True, **changes: Any) -> dict[str, Any]:
    return {
        "model": model,
        "max_tokens": 200,
        "stream": stream,
        "messages": [{"role": "user", "content": "say something"}],
        **changes,
    }


async def ask(proxy: LiveProxy, body: dict[str, Any]) -> Any:
    async with proxy.client() as client:
        return await client.post("/v1/messages", json=body)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", NAMES)
async def test_every_spelling_falls_back(
    live_proxy: LiveProxy, simulator: SimulatorProcess, name: str, stream: bool
) -> None:
    simulator.scenario("CB-04", times=0)
    response = await ask(live_proxy, a_request(name, stream=stream))
    assert response.status_code == 200
    assert response.headers["x-ccglm-served-by"] == "zai/glm-4.7"
    assert response.headers["x-ccglm-fallback"] == "request_quota"
    model = events_of(response.text)[0]["message"]["model"] if stream else response.json()["model"]
    assert model == name


FAULTS = [
    ("CB-03", {}, "model_missing", 2),
    ("CB-04", {}, "request_quota", 2),
    ("CB-05", {}, "token_quota", 2),
    ("CB-10", {}, "payment", 2),
    ("CB-11", {}, "bad_request", 1),
    ("CB-22", {"status": 502}, "edge_error", 1),
    ("status", {"status": 401}, "auth", 2),
    ("status", {"status": 403}, "permission", 2),
    ("status", {"status": 500}, "server_error", 1),
    ("status", {"status": 503}, "overloaded", 1),
    ("cut", {"where": "start"}, "reset", 1),
    ("CB-12", {}, "queue_full", 4),
]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("name", "params", "cause", "attempts"), FAULTS)
async def test_each_fault_goes_where_the_table_says(
    live_proxy: LiveProxy,
    simulator: SimulatorProcess,
    name: str,
    params: dict[str, Any],
    cause: str,
    attempts: int,
    stream: bool,
) -> None:
    if name == "CB-12" and not stream:
        pytest.skip("an error inside a stream")
    simulator.scenario(name, params=params, times=0, match={"provider": "cerebras"})
    response = await ask(live_proxy, a_request(stream=stream))
    assert response.status_code == 200, response.text
    assert response.headers["x-ccglm-served-by"] == "zai/glm-4.7"
    assert response.headers["x-ccglm-fallback"] == cause
    asked = simulator.log(provider="cerebras", bodies=False)
    assert len(asked) == attempts
    assert answer_text(response.text, stream=stream)


async def test_the_second_key_is_tried_before_the_next_provider(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-04", times=1)
    response = await ask(live_proxy, a_request())
    assert response.headers["x-ccglm-served-by"] == "cerebras/zai-glm-4.7"
    records = simulator.log(bodies=False)
    assert [r.status for r in records] == [429, 200]
    assert len({r.key for r in records}) == 2


async def test_a_full_queue_is_tried_once_more(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-07")
    response = await ask(live_proxy, a_request())
    assert response.headers["x-ccglm-served-by"] == "cerebras/zai-glm-4.7"
    assert "x-ccglm-fallback" not in response.headers
    records = simulator.log(bodies=False)
    assert [(r.status, r.key) for r in records] == [(429, records[0].key), (200, records[0].key)]


@pytest.mark.parametrize(("name", "stream"), [("CB-18", True), ("CB-18", False), ("ZA-11", False)])
async def test_an_empty_answer_is_asked_for_once_more(
    live_proxy: LiveProxy, simulator: SimulatorProcess, name: str, stream: bool
) -> None:
    model = "main" if name.startswith("CB") else "zai/glm-4.7"
    simulator.scenario(name)
    response = await ask(live_proxy, a_request(model, stream=stream))
    assert response.status_code == 200, response.text
    assert answer_text(response.text, stream=stream)
    assert len(simulator.log(bodies=False)) == 2


async def test_thinking_without_an_answer_ends_in_an_honest_error(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.knobs(chunk_delay_ms=20)
    simulator.scenario("ZA-11")
    response = await ask(live_proxy, a_request("zai/glm-4.7"))
    assert events_of(response.text)[-1]["error"] == {
        "type": "api_error",
        "message": "Z.ai gave no usable answer: the model answered with only thinking",
    }


async def test_fallback_waits_for_nothing(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    """A `retry-after` of 58 s is for the key, not for the request: the next provider is asked at once."""
    gaps_s: list[float] = []
    async with live_proxy.client() as client:
        for _ in range(5):
            await client.post("/ccglm/resume")
            simulator.reset()
            simulator.scenario("CB-04", times=0)
            await client.post("/v1/messages", json=a_request())
            _, refused, served = simulator.log(bodies=False)
            assert (refused.status, served.provider) == (429, "zai")
            assert refused.first_byte_at is not None
            gaps_s.append(served.arrived_at - refused.first_byte_at)
    assert min(gaps_s) < 0.05


async def test_an_overflow_goes_to_a_larger_model_only(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-09", times=0)
    response = await ask(live_proxy, a_request())
    assert response.headers["x-ccglm-served-by"] == "zai/glm-4.7"
    assert len(simulator.log(provider="cerebras")) == 1


@pytest.mark.parametrize("stream", [True, False])
async def test_an_overflow_everywhere_makes_the_client_compact(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    simulator.scenario("CB-09", times=0)
    simulator.scenario("ZA-05", times=0)
    response = await ask(live_proxy, a_request(stream=stream))
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith("prompt is too long: ")
    assert error["message"].endswith(" tokens > 204800 maximum")


async def test_sensitive_content_is_told_and_nobody_else_is_asked(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-04", times=0)
    simulator.scenario("status", params={"status": 400, "body": '{"error":{"code":"1301","message":"sensitive"}}'}, times=0, match={"provider": "zai"})  # fmt: skip
    response = await ask(live_proxy, a_request())
    assert response.status_code == 400
    assert "Z.ai refused the content" in response.json()["error"]["message"]


@pytest.mark.parametrize("where", ["text", "tool"])
async def test_after_content_a_broken_stream_says_so(
    live_proxy: LiveProxy, simulator: SimulatorProcess, where: str
) -> None:
    if where == "tool":
        calls = [{"name": "Read", "arguments": {"file_path": name}} for name in ("/a", "/b")]
        simulator.script([{"text": "I read.", "tool_calls": calls}])
    else:
        simulator.script([{"text": "one two three four five six seven eight nine ten " * 20}])
    simulator.knobs(chunk_delay_ms=20)
    simulator.scenario("CB-13", params={"where": where})
    response = await ask(
        live_proxy, a_request(tools=[{"name": "Read", "input_schema": {"type": "object"}}])
    )
    assert response.status_code == 200
    events = events_of(response.text)
    assert events[-1]["type"] == "error"
    assert "message_stop" not in [event["type"] for event in events]
    assert "Cerebras" in events[-1]["error"]["message"]
    assert len(simulator.log()) == 1


async def test_everybody_refusing_is_one_honest_error(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-04", times=0)
    simulator.scenario("status", params={"status": 401, "body": '{"error":{"code":"1000","message":"Authentication failed"}}'}, times=0, match={"provider": "zai"})  # fmt: skip
    response = await ask(live_proxy, a_request())
    assert response.status_code == 429
    assert response.headers["retry-after"] == "58"
    error = response.json()["error"]
    assert error["type"] == "rate_limit_error"
    assert "Cerebras has no requests left for the key in `CEREBRAS_API_KEY`" in error["message"]
    assert "Z.ai refused the key in `ZAI_API_KEY`: Authentication failed" in error["message"]
    assert response.json()["request_id"] == response.headers["x-ccglm-request-id"]


async def test_a_refused_key_never_ends_as_401(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario(
        "status", params={"status": 401, "body": '{"message":"Wrong API key"}'}, times=0
    )
    response = await ask(live_proxy, a_request())
    assert response.status_code == 403
    assert response.headers["x-should-retry"] == "false"
    assert "retry-after" not in response.headers


@pytest.mark.parametrize("fault", ["CB-04", "CB-03", "CB-10", "CB-22", "CB-11", "cut"])
async def test_no_error_shows_internals(
    live_proxy: LiveProxy, simulator: SimulatorProcess, fault: str
) -> None:
    params = {"where": "start"} if fault == "cut" else {}
    simulator.scenario(fault, times=0, params=params)
    simulator.scenario("status", params={"status": 500, "body": "<html><title>Oh no</title></html>"}, times=0, match={"provider": "zai"})  # fmt: skip
    response = await ask(live_proxy, a_request())
    assert response.status_code >= 400
    everything = response.text + repr(response.headers.raw)
    for internal in (
        "litellm",
        "LiteLLM",
        "Traceback",
        "Exception",
        "site-packages",
        "csk-test",
        "zai-test-key",
    ):
        assert internal not in response.text
        assert "csk-test" not in everything
    assert response.json()["type"] == "error"
