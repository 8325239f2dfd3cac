"""The usage store after real requests through a real proxy: one row each, equal to what the providers counted."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from callbacks.usage_schema import read_store
from tests.helpers.live_proxy import (
    DEFAULT_SETTINGS,
    LiveProxy,
    live_proxy,
    proxy_settings,
    rested,
    start_live_proxy,
)
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

if TYPE_CHECKING:
    from ccglm.simulator.process import SimulatorProcess

pytestmark = pytest.mark.proxy
__all__ = [
    "live_proxy",
    "proxy_settings",
    "rested",
    "simulator",
    "simulator_knobs",
    "simulator_process",
]

READ = {
    "name": "Read",
    "description": "Reads",
    "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}},
}


def body(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 300,
        "stream": True,
        "system": "You are a bot.\nWorking directory: /home/me/demo\n",
        "messages": [{"role": "user", "content": "PRIVATE say hello"}],
        "tools": [READ],
    }
    return {**values, **changes}


def ask(proxy: LiveProxy, session: str, **changes: Any) -> httpx.Response:
    headers = {**proxy.headers, "x-claude-code-session-id": session}
    with httpx.Client(trust_env=False, timeout=30, headers=headers) as client:
        return client.post(f"{proxy.url}/v1/messages", json=body(**changes))


def rows_of(proxy: LiveProxy, session: str, rows: int = 1) -> list[dict[str, Any]]:
    """Return the rows of a session, with hops and tools, when there are as many as wanted."""
    deadline = time.monotonic() + 10
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline and len(found) < rows:
        found = _read(proxy, session)
        time.sleep(0.02)
    return found


def _read(proxy: LiveProxy, session: str) -> list[dict[str, Any]]:
    connection = read_store(proxy.folder / "usage.db")
    if connection is None:
        return []
    with closing(connection):
        found = [
            dict(row)
            for row in connection.execute(
                "SELECT * FROM requests WHERE session_id = ? ORDER BY id", (session,)
            )
        ]
        for row in found:
            hops = connection.execute(
                "SELECT * FROM hops WHERE request = ? ORDER BY number", (row["id"],)
            )
            row["hops"] = [dict(hop) for hop in hops]
            tools = connection.execute(
                "SELECT name, calls FROM tools_called WHERE request = ?", (row["id"],)
            )
            row["tools"] = {tool["name"]: tool["calls"] for tool in tools}
    return found


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_row_equals_what_the_provider_counted(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    simulator.script(
        [
            {
                "text": "Let me see. " * 20,
                "tool_calls": [{"name": "Read", "arguments": {"path": "/x"}}],
            }
        ]
    )

    answer = ask(live_proxy, f"counted-{stream}", stream=stream)

    assert answer.status_code == 200, answer.text
    (row,) = rows_of(live_proxy, f"counted-{stream}")
    (sent,) = simulator.log()
    assert (row["provider"], row["served_model"]) == ("cerebras", "zai-glm-4.7")
    assert row["key_label"] == "CEREBRAS_API_KEY"
    assert (row["role"], row["requested_model"]) == ("main", "claude-sonnet-4-5")
    assert row["request_id"] == answer.headers["x-ccglm-request-id"]
    assert row["input_tokens"] == sent.prompt_tokens > 0
    assert row["cached_tokens"] == sent.cached_tokens
    assert row["output_tokens"] == sent.completion_tokens > 0
    assert row["cost_usd"] > 0
    assert (row["outcome"], row["status"], row["streamed"]) == ("served", 200, stream)
    assert row["tools"] == {"Read": 1}
    assert row["project"] == "/home/me/demo"
    assert 0 <= row["wait_ms"] < row["duration_ms"]
    assert (row["first_token_ms"] is not None) is stream
    assert [(hop["provider"], hop["outcome"]) for hop in row["hops"]] == [("cerebras", "served")]


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_fallback_is_one_row_with_its_story(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    simulator.scenario("CB-05")

    answer = ask(live_proxy, f"fallback-{stream}", stream=stream)

    assert answer.status_code == 200, answer.text
    (row,) = rows_of(live_proxy, f"fallback-{stream}")
    served = simulator.log()[-1]
    assert (row["provider"], row["outcome"]) == ("zai", "served")
    assert row["fallback_from"] == "cerebras/zai-glm-4.7"
    assert row["fallback_cause"] == "token_quota"
    assert (row["input_tokens"], row["output_tokens"]) == (
        served.prompt_tokens,
        served.completion_tokens,
    )
    hops = [(hop["provider"], hop["outcome"], hop["cause"], hop["status"]) for hop in row["hops"]]
    assert hops == [("cerebras", "failed", "token_quota", 429), ("zai", "served", None, 200)]


def test_a_request_nobody_can_serve_is_one_failed_row(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("status", times=0, params={"status": 500})

    answer = ask(live_proxy, "nobody")

    assert answer.status_code >= 400
    (row,) = rows_of(live_proxy, "nobody")
    assert (row["outcome"], row["status"], row["provider"]) == ("failed", answer.status_code, None)
    assert row["fault"] == "server_error"
    assert {hop["outcome"] for hop in row["hops"]} == {"failed"}
    assert (row["input_tokens"], row["cost_usd"]) == (0, 0)


def test_a_model_nobody_has_is_a_failed_row_without_hops(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    answer = ask(live_proxy, "unknown", model="zai/no-such-model")

    assert answer.status_code == 404
    (row,) = rows_of(live_proxy, "unknown")
    assert (row["outcome"], row["fault"], row["hops"]) == ("failed", "not_found_error", [])


def test_a_client_that_leaves_is_one_cancelled_row(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.knobs(tokens_per_s=20)
    simulator.script([{"text": "word " * 400}])
    headers = {**live_proxy.headers, "x-claude-code-session-id": "left"}
    with (
        httpx.Client(trust_env=False, timeout=30, headers=headers) as client,
        client.stream("POST", f"{live_proxy.url}/v1/messages", json=body()) as answer,
    ):
        assert "message_start" in next(answer.iter_text())

    (row,) = rows_of(live_proxy, "left")

    assert (row["outcome"], row["status"], row["provider"]) == ("cancelled", 200, "cerebras")
    assert row["input_tokens"] > 0
    assert row["fault"] is None


def test_the_warm_up_is_nobodys_usage(live_proxy: LiveProxy) -> None:
    ask(live_proxy, "warm")
    rows_of(live_proxy, "warm")
    connection = read_store(live_proxy.folder / "usage.db")
    assert connection is not None
    with closing(connection):
        sessions = {row[0] for row in connection.execute("SELECT session_id FROM requests")}
    assert None not in sessions


def test_the_store_holds_no_word_of_a_conversation(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.script([{"text": "CONFIDENTIAL answer"}])
    ask(live_proxy, "private")
    rows_of(live_proxy, "private")

    for file in live_proxy.folder.glob("usage.db*"):
        content = file.read_bytes()
        for secret in (b"PRIVATE", b"CONFIDENTIAL", b"You are a bot", b"csk-test", b"zai-test"):
            assert secret not in content, file.name


def test_rows_that_wait_are_written_when_the_proxy_stops(simulator: SimulatorProcess) -> None:
    with start_live_proxy(
        DEFAULT_SETTINGS, cerebras_base=simulator.cerebras_base, zai_base=simulator.zai_base
    ) as proxy:
        for number in range(6):
            assert ask(proxy, "stopping", stream=bool(number % 2)).status_code == 200
        proxy.stop()
        assert not (proxy.folder / "usage.db-wal").exists(), "the store was closed in order"
        assert len(_read(proxy, "stopping")) == 6


def adapter_settings(base_url: str) -> dict[str, Any]:
    providers = {
        **DEFAULT_SETTINGS["providers"],
        "together_ai": {"keys": ["CEREBRAS_API_KEY_2"], "base_url": base_url},
    }
    models = {"main": ["together_ai/zai-glm-4.7"], "fast": ["zai/glm-4.5-air"]}
    return {**DEFAULT_SETTINGS, "providers": providers, "models": models}


def test_answers_of_litellms_own_adapter_are_counted_too(simulator: SimulatorProcess) -> None:
    with start_live_proxy(
        adapter_settings(simulator.cerebras_base),
        cerebras_base=simulator.cerebras_base,
        zai_base=simulator.zai_base,
    ) as proxy:
        for stream in (True, False):
            answer = ask(proxy, "adapter", stream=stream)
            assert answer.status_code == 200, answer.text
        rows = rows_of(proxy, "adapter", rows=2)

    assert len(rows) == 2
    for row, sent in zip(rows, simulator.log(), strict=True):
        assert (row["provider"], row["outcome"]) == ("together_ai", "served")
        assert row["input_tokens"] == sent.prompt_tokens > 0
        assert row["output_tokens"] == sent.completion_tokens > 0
        assert [hop["outcome"] for hop in row["hops"]] == ["served"]
