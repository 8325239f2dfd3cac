"""Quotas and pauses in the running proxy: keys, sessions, probes, restarts, and nobody left to ask."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.live_proxy import (
    DEFAULT_SETTINGS,
    LiveProxy,
    live_proxy,
    rested,
    start_live_proxy,
)
from tests.helpers.simulator import simulator, simulator_process

__all__ = ["live_proxy", "rested", "simulator", "simulator_process"]

pytestmark = pytest.mark.proxy

CEREBRAS, ZAI = "cerebras/zai-glm-4.7", "zai/glm-4.7"
TWO_KEYS = {"keys": ["CEREBRAS_API_KEY", "CEREBRAS_API_KEY_2"]}


@pytest.fixture(scope="module")
def simulator_knobs() -> dict[str, Any]:
    """All headers that were ever seen."""
    return {"models": "legacy_glm", "zai_concurrency": 0, "ratelimit_headers": "measured"}


@pytest.fixture(scope="module")
def proxy_settings() -> dict[str, Any]:
    """Two Cerebras keys before Z.ai, and a member that LiteLLM's own adapter speaks to."""
    return with_other({**DEFAULT_SETTINGS["providers"], "cerebras": TWO_KEYS}, "http://127.0.0.1:1")


def with_other(providers: dict[str, Any], base: str) -> dict[str, Any]:
    other = {"keys": ["CEREBRAS_API_KEY"], "base_url": base}
    return {
        **DEFAULT_SETTINGS,
        "providers": {**providers, "hosted_vllm": other},
        "models": {**DEFAULT_SETTINGS["models"], "other": ["hosted_vllm/zai-glm-4.7", ZAI]},
    }


def ask(proxy: LiveProxy, session: str = "", model: str = "main", **changes: Any) -> httpx.Response:
    headers = {**proxy.headers, **({"x-claude-code-session-id": session} if session else {})}
    body = {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}], **changes}  # fmt: skip
    with httpx.Client(trust_env=False, timeout=30, headers=headers) as client:
        return client.post(f"{proxy.url}/v1/messages", json=body)


def served_by(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return response.headers["x-ccglm-served-by"]


def status(proxy: LiveProxy) -> dict[str, dict[str, Any]]:
    """Return what the proxy says of each key, by member and key."""
    with httpx.Client(trust_env=False, headers=proxy.headers) as client:
        keys = client.get(f"{proxy.url}/ccglm/status").raise_for_status().json()["keys"]
    return {f"{key['member']} {key['key']}": key for key in keys}


def until(condition: Callable[[], bool], timeout_s: float = 40.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_the_status_needs_the_token(live_proxy: LiveProxy) -> None:
    assert httpx.get(f"{live_proxy.url}/ccglm/status", trust_env=False).status_code == 401


def test_headers_fill_the_status(live_proxy: LiveProxy, simulator: SimulatorProcess) -> None:
    ask(live_proxy)
    key = status(live_proxy)[f"{CEREBRAS} CEREBRAS_API_KEY"]
    limits = {(limit["unit"], limit["period"]): limit for limit in key["limits"]}
    assert limits["requests", "minute"]["capacity"] == 500
    assert limits["tokens", "minute"]["capacity"] == 500_000
    assert (key["served"], key["in_flight"]) == (1, 0)


def test_a_session_stays_with_the_key_whose_cache_it_fills(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    prompts = {f"session-{n}": f"You are number {n}. " * 400 for n in range(4)}
    for _ in range(4):
        for session, system in prompts.items():
            assert served_by(ask(live_proxy, session, system=system)) == CEREBRAS
    records = simulator.log(provider="cerebras")
    keys: dict[str, Counter[str]] = {session: Counter() for session in prompts}
    for record in records:
        session = next(s for s, p in prompts.items() if p in str(record.body["messages"][0]))
        keys[session][record.key] += 1
    assert all(len(used) == 1 for used in keys.values())
    assert len({key for used in keys.values() for key in used}) == 2
    later = records[len(prompts) :]
    assert sum(r.cached_tokens for r in later) > 0.8 * sum(r.prompt_tokens for r in later)


def test_a_pause_ends_by_a_probe_and_no_request_meets_the_fault_again(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("status", params={"status": 503}, times=2, match={"provider": "cerebras"})
    assert served_by(ask(live_proxy)) == ZAI
    assert served_by(ask(live_proxy)) in (CEREBRAS, ZAI)
    until(lambda: all(key["resting"] is None for key in status(live_proxy).values()))
    probes = [r for r in simulator.log(provider="cerebras") if "Say ok." in str(r.body)]
    assert probes
    assert all(r.body["max_completion_tokens"] <= 16 for r in probes)
    assert served_by(ask(live_proxy)) == CEREBRAS
    assert "serves again" in live_proxy.log


def test_no_request_is_sent_to_a_key_that_rests(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.scenario("CB-04", times=0)
    answers = [ask(live_proxy) for _ in range(6)]
    assert {served_by(answer) for answer in answers} == {ZAI}
    assert {answer.headers["x-ccglm-fallback"] for answer in answers} == {"request_quota"}
    assert len(simulator.log(provider="cerebras", bodies=False)) == 2


@pytest.mark.parametrize("stream", [True, False])
def test_when_everybody_rests_there_is_one_honest_429(
    live_proxy: LiveProxy, simulator: SimulatorProcess, stream: bool
) -> None:
    simulator.scenario("CB-04", times=0)
    simulator.scenario("status", params={"status": 429, "body": '{"error":{"code":"1308","message":"Usage limit reached for 5 hour. Your limit will reset at 2099-01-01 00:00:00"}}'}, times=0, match={"provider": "zai"})  # fmt: skip
    ask(live_proxy)
    before = len(simulator.log(bodies=False))
    answer = ask(live_proxy, stream=stream)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    error = answer.json()
    assert (error["type"], error["error"]["type"]) == ("error", "rate_limit_error")
    assert "Cerebras has no requests left" in error["error"]["message"]
    assert "Z.ai plan" in error["error"]["message"]
    assert "deployments" not in answer.text
    assert len(simulator.log(bodies=False)) == before
    assert "No deployments" not in live_proxy.log


def test_a_refused_key_is_out_and_the_other_goes_on(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.knobs(keys={"csk-test-cerebras-0001": "revoked"})
    for _ in range(4):
        assert served_by(ask(live_proxy)) == CEREBRAS
    assert [r.status for r in simulator.log(bodies=False)].count(401) == 1
    resting = status(live_proxy)[f"{CEREBRAS} CEREBRAS_API_KEY"]["resting"]
    assert (resting["cause"], resting["for_good"]) == ("auth", True)
    assert "out of service until something changes" in live_proxy.log


def test_new_sessions_start_elsewhere_and_running_ones_stay(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.knobs(cerebras_rpm=10)
    running = [f"run-{n}" for n in range(2)]
    for session in running * 8:
        assert served_by(ask(live_proxy, session)) == CEREBRAS
    assert served_by(ask(live_proxy, "new")) == ZAI
    assert {served_by(ask(live_proxy, session)) for session in running} == {CEREBRAS}
    assert 429 not in [record.status for record in simulator.log(bodies=False)]
    assert live_proxy.log.count("is down to its safety margin") >= 1


def test_a_member_of_another_provider_is_served_by_litellm_and_paused_like_any(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    answer = ask(live_proxy, model="other")
    assert served_by(answer) == ZAI
    assert answer.headers["x-ccglm-fallback"] in ("unreachable", "server_error")
    assert status(live_proxy)["hosted_vllm/zai-glm-4.7 CEREBRAS_API_KEY"]["resting"]


def test_another_provider_answers_through_litellms_adapter(
    simulator_process: SimulatorProcess,
) -> None:
    simulator_process.reset()
    simulator_process.knobs(strict=False)
    settings = with_other(DEFAULT_SETTINGS["providers"], simulator_process.cerebras_base)
    with start_live_proxy(
        settings,
        cerebras_base=simulator_process.cerebras_base,
        zai_base=simulator_process.zai_base,
    ) as proxy:
        answer = ask(proxy, model="other")
        assert served_by(answer) == "hosted_vllm/zai-glm-4.7"
        until(lambda: status(proxy)["hosted_vllm/zai-glm-4.7 CEREBRAS_API_KEY"]["in_flight"] == 0)


def test_pauses_outlive_a_restart(simulator: SimulatorProcess, tmp_path: Path) -> None:
    def start() -> AbstractContextManager[LiveProxy]:
        return start_live_proxy(
            DEFAULT_SETTINGS,
            cerebras_base=simulator.cerebras_base,
            zai_base=simulator.zai_base,
            folder=tmp_path,
        )

    simulator.scenario("CB-04", times=0)
    with start() as proxy:
        assert served_by(ask(proxy)) == ZAI
    assert len(simulator.log(provider="cerebras", bodies=False)) == 1
    with start() as proxy:
        resting = status(proxy)[f"{CEREBRAS} CEREBRAS_API_KEY"]["resting"]
        assert resting["cause"] == "request_quota"
        assert served_by(ask(proxy)) == ZAI
    assert len(simulator.log(provider="cerebras", bodies=False)) == 1
