"""What surrounds an answer: names, refusals, pings, clients that leave, counting, OpenAI clients."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from ccglm.simulator.log import RecordedRequest
from ccglm.simulator.process import SimulatorProcess
from tests.helpers.live_proxy import DEFAULT_SETTINGS, LiveProxy, live_proxy, rested
from tests.helpers.messages import answer_text, events_of
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["live_proxy", "rested", "simulator", "simulator_knobs", "simulator_process"]

pytestmark = pytest.mark.proxy

WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}
ROUTES = ["/v1/messages", "/v1/messages/count_tokens"]


@pytest.fixture(scope="module")
def proxy_settings() -> dict[str, Any]:
    """Short silences."""
    return {
        **DEFAULT_SETTINGS,
        "server": {"ping_s": 0.3, "stall_timeout_s": 3.0},
    }


def a_request(model: str = "main", **changes: Any) -> dict[str, Any]:
    return {
        "model": model,
        "max_tokens": 200,
        "stream": True,
        "messages": [{"role": "user", "content": "say something"}],
        **changes,
    }


async def ask(proxy: LiveProxy, body: Any, path: str = "/v1/messages", **headers: str) -> Any:
    async with proxy.client() as client:
        return await client.post(path, json=body, headers=headers)


@pytest.mark.parametrize("path", ROUTES)
async def test_an_unknown_name_is_answered_with_what_there_is(
    live_proxy: LiveProxy, path: str
) -> None:
    response = await ask(live_proxy, a_request("cerebras/nothing"), path)
    assert response.status_code == 404
    assert response.json()["error"] == {
        "type": "not_found_error",
        "message": "there is no model `cerebras/nothing` here; there are `fast`, `main`, "
        "`zai/glm-4.5-air`, `cerebras/zai-glm-4.7`, `zai/glm-4.7`",
    }


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("token", ["nonsense", "sk-ccglm-" + "0" * 64])
async def test_a_wrong_token_is_told_once(live_proxy: LiveProxy, path: str, token: str) -> None:
    response = await ask(live_proxy, a_request(), path, authorization=f"Bearer {token}")
    assert response.status_code == 401
    assert response.headers["x-should-retry"] == "false"
    assert "ccglm claude-env" in response.json()["error"]["message"]
    assert token not in response.text


async def test_the_key_may_come_as_x_api_key(live_proxy: LiveProxy) -> None:
    async with live_proxy.client() as client:
        del client.headers["authorization"]
        response = await client.post(
            "/v1/messages", json=a_request(), headers={"x-api-key": live_proxy.token}
        )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": "hello"}, "messages: Input should be a valid list"),
        ({"max_tokens": 0}, "max_tokens: Input should be a whole number of at least 1"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role: Input should be 'user' or 'assistant'"),
    ],
)  # fmt: skip
async def test_a_body_that_is_none_is_refused_before_anybody_is_asked(
    live_proxy: LiveProxy, simulator: SimulatorProcess, changes: dict[str, Any], message: str
) -> None:
    response = await ask(live_proxy, a_request(**changes))
    assert response.status_code == 400
    assert response.json()["error"] == {"type": "invalid_request_error", "message": message}
    assert simulator.log() == []


@pytest.mark.parametrize("content", [b"[1, 2]", b'"hi"', b""])
async def test_a_body_that_is_no_object_is_refused(live_proxy: LiveProxy, content: bytes) -> None:
    async with live_proxy.client() as client:
        headers = {"content-type": "application/json"}
        response = await client.post("/v1/messages", content=content, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("path", ROUTES)
async def test_a_request_without_a_token_is_told_so(live_proxy: LiveProxy, path: str) -> None:
    async with live_proxy.client() as client:
        del client.headers["authorization"]
        response = await client.post(path, json=a_request())
    assert response.status_code == 401
    assert response.json()["error"]["type"] == "authentication_error"


async def test_half_a_character_in_the_history_does_no_harm(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    body = json.dumps(a_request(messages=[{"role": "user", "content": "cut \ud83e here"}]))
    async with live_proxy.client() as client:
        headers = {"content-type": "application/json"}
        response = await client.post("/v1/messages", content=body.encode(), headers=headers)
    assert response.status_code == 200
    assert simulator.log()[-1].body["messages"][-1]["content"] == "cut \ufffd here"


async def test_odd_metadata_does_no_harm(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    response = await ask(live_proxy, a_request(metadata={"user_id": 7, "other": []}))
    assert response.status_code == 200


async def test_a_web_search_becomes_a_clean_tool_error(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    response = await ask(live_proxy, a_request(tools=[WEB_SEARCH], tool_choice={"type": "auto"}))
    assert response.status_code == 400
    assert "web search is not available" in response.json()["error"]["message"]
    assert simulator.log() == []


async def test_a_silent_provider_does_not_leave_the_client_in_the_dark(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-23", params={"silence_s": 1.0})
    async with (
        live_proxy.client() as client,
        client.stream("POST", "/v1/messages", json=a_request()) as response,
    ):
        started = time.monotonic()
        pieces = response.aiter_text()
        first = await anext(pieces)
        assert time.monotonic() - started < 0.8
        rest = "".join([piece async for piece in pieces])
    assert first == 'event: ping\ndata: {"type":"ping"}\n\n'
    kinds = [event["type"] for event in events_of(first + rest)]
    assert kinds.index("message_start") >= 2
    assert kinds[-1] == "message_stop"


async def test_after_an_early_ping_it_still_falls_back(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-23", params={"silence_s": 60.0})
    response = await ask(live_proxy, a_request())
    events = events_of(response.text)
    assert events[0]["type"] == "ping"
    assert events[-1]["type"] == "message_stop"
    assert [r.provider for r in simulator.log()] == ["cerebras", "zai"]


async def test_after_an_early_ping_a_failure_is_an_error_event(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-23", params={"silence_s": 60.0})
    simulator.scenario("status", params={"status": 500}, times=0, match={"provider": "zai"})
    response = await ask(live_proxy, a_request())
    assert response.status_code == 200
    events = events_of(response.text)
    assert {event["type"] for event in events[:-1]} == {"ping"}
    assert events[-1]["error"] == {
        "type": "api_error",
        "message": "Cerebras did not answer: nothing came for 3 s; "
        "Z.ai failed: HTTP 500 without a message",
    }


async def test_a_stall_in_the_middle_is_an_error_event(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.script([{"text": "one two three four five six seven eight nine ten"}])
    simulator.knobs(chunk_delay_ms=20)
    simulator.scenario("stall", params={"where": "text"})
    response = await ask(live_proxy, a_request())
    events = events_of(response.text)
    assert "ping" in [event["type"] for event in events]
    assert events[-1]["type"] == "error"
    assert events[-1]["error"]["message"].startswith("Cerebras did not answer")


@pytest.mark.parametrize("model", ["main", "zai/glm-4.7"])
@pytest.mark.parametrize("before_first_byte", [True, False])
async def test_a_client_that_leaves_ends_the_providers_work(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str, before_first_byte: bool
) -> None:
    if before_first_byte:
        simulator.scenario("silence", params={"silence_s": 30.0})
    else:
        simulator.knobs(reply_tokens=5000, tokens_per_s=100)
    async with live_proxy.client() as client:
        if before_first_byte:
            task = asyncio.create_task(client.post("/v1/messages", json=a_request(model)))
            await asyncio.to_thread(simulator.wait_for, lambda log: len(log) == 1)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        else:
            async with client.stream("POST", "/v1/messages", json=a_request(model)) as response:
                await anext(response.aiter_bytes())
    left_at = time.time()

    def closed(log: list[RecordedRequest]) -> bool:
        return bool(log) and not log[0].in_flight

    record = (await asyncio.to_thread(simulator.wait_for, closed))[0]
    assert record.closed_early
    assert record.finished_at is not None
    assert record.finished_at - left_at < 0.5
    assert len(simulator.log()) == 1


async def test_tokens_are_counted_without_asking_anybody(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    body = {"model": "main", "messages": [{"role": "user", "content": "word " * 1000}]}
    started = time.monotonic()
    async with live_proxy.client() as client:
        answers = await asyncio.gather(
            *(client.post("/v1/messages/count_tokens?beta=true", json=body) for _ in range(25))
        )
    assert time.monotonic() - started < 2.0
    assert {answer.status_code for answer in answers} == {200}
    assert 700 < answers[0].json()["input_tokens"] < 1700
    assert simulator.log() == []


async def test_the_count_learns_from_what_the_provider_reports(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    words = "The quick brown fox jumps over the lazy dog; then it reads `src/main.py` again. " * 60
    body = a_request(
        "zai/glm-4.7", system="You are careful.", messages=[{"role": "user", "content": words}]
    )
    for _ in range(19):
        await ask(live_proxy, body)
    answered = await ask(live_proxy, body)
    usage = events_of(answered.text)[-2]["usage"]
    reported = usage["input_tokens"] + usage["cache_read_input_tokens"]
    counted = (await ask(live_proxy, body, "/v1/messages/count_tokens")).json()["input_tokens"]
    assert counted == pytest.approx(reported, rel=0.05)
    again = await ask(live_proxy, body)
    started = events_of(again.text)[0]["message"]["usage"]["input_tokens"]
    assert started == pytest.approx(reported, rel=0.05)


async def test_models_lists_roles_members_and_aliases(live_proxy: LiveProxy) -> None:
    async with live_proxy.client() as client:
        names = {entry["id"] for entry in (await client.get("/v1/models")).json()["data"]}
    assert {"main", "fast", "opus", "sonnet", "cerebras/zai-glm-4.7", "zai/glm-4.7", "glm-4.7", "zai,glm-4.7"} <= names  # fmt: skip
    assert not any("warmup" in name or "*" in name for name in names)


@pytest.mark.parametrize("stream", [True, False])
async def test_openai_clients_are_served_and_fall_back(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    body = a_request("claude-opus-5-5", stream=stream)
    first = await ask(live_proxy, body, "/v1/chat/completions")
    assert first.headers["x-ccglm-served-by"] == "cerebras/zai-glm-4.7"
    assert ("You said: say something" in first.text) is not stream
    assert first.text.endswith("data: [DONE]\n\n") is stream
    simulator.scenario("CB-04", times=0)
    second = await ask(live_proxy, body, "/v1/chat/completions")
    assert second.status_code == 200
    assert second.headers["x-ccglm-served-by"] == "zai/glm-4.7"
    assert [r.path for r in simulator.log(provider="zai")] == ["/api/paas/v4/chat/completions"]
    unknown = await ask(live_proxy, a_request("zai/none"), "/v1/chat/completions")
    assert unknown.status_code == 404
    assert unknown.json()["error"]["type"] == "not_found_error"


async def test_the_prefix_comes_first_once_and_the_temperature_is_lowered(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-04")
    tools = [{"name": "Read", "input_schema": {"type": "object"}}]
    body = a_request(system="You are Claude Code.", tools=tools, temperature=1)
    await ask(live_proxy, body)
    async with live_proxy.client() as client:
        await client.post("/ccglm/resume")
    await ask(live_proxy, body)
    refused, relayed, served = simulator.log()
    prompts = [
        refused.body["messages"][0]["content"],
        relayed.body["system"],
        served.body["messages"][0]["content"],
    ]
    assert prompts[0] == prompts[2]
    for prompt in prompts:
        text = prompt if isinstance(prompt, str) else "\n\n".join(b["text"] for b in prompt)
        assert text.startswith("STRICT RULES.")
        assert text.count("STRICT RULES.") == 1
        assert text.endswith("You are Claude Code.")
    assert [r.body["temperature"] for r in (refused, relayed, served)] == [0.85] * 3


async def test_the_answer_names_nobody_who_was_not_asked(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    response = await ask(live_proxy, a_request("claude-haiku-4-5", stream=False))
    assert response.headers["x-ccglm-served-by"] == "zai/glm-4.5-air"
    assert "x-ccglm-fallback" not in response.headers
    assert response.headers["x-ccglm-request-id"].startswith("req_")
    assert answer_text(response.text, stream=False) == "You said: say something"
