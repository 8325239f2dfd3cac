"""The burst script against a real proxy whose Cerebras allows ten requests a minute."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ccglm.simulator.process import SimulatorProcess, start_simulator
from tests.helpers.live_proxy import DEFAULT_SETTINGS, LiveProxy, start_live_proxy

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "parallel_fallback_test.py"

pytestmark = [pytest.mark.proxy]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def providers() -> Iterator[SimulatorProcess]:
    with start_simulator(models="legacy_glm", cerebras_rpm=10, zai_concurrency=0) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def proxy(providers: SimulatorProcess) -> Iterator[LiveProxy]:
    with start_live_proxy(
        DEFAULT_SETTINGS, cerebras_base=providers.cerebras_base, zai_base=providers.zai_base
    ) as live:
        yield live


@pytest.fixture(autouse=True)
def afresh(request: pytest.FixtureRequest) -> None:
    """Let providers and proxy forget the burst before."""
    if "proxy" in request.fixturenames:
        live: LiveProxy = request.getfixturevalue("proxy")
        with httpx.Client(trust_env=False, headers=live.headers) as client:
            client.post(f"{live.url}/ccglm/resume").raise_for_status()
        request.getfixturevalue("providers").reset()


def test_twenty_at_once_are_all_answered_by_two_providers(proxy: LiveProxy) -> None:
    done = run(proxy.url, proxy.token)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cerebras/zai-glm-4.7" in done.stdout
    assert "zai/glm-4.7" in done.stdout
    assert "ok: every request was answered" in done.stdout


def test_json_is_one_document_on_stdout(proxy: LiveProxy) -> None:
    done = run(proxy.url, proxy.token, "--json", "-n", "16", "--no-stream")
    document = json.loads(done.stdout)
    assert (document["ok"], document["requests"], document["errors"]) == (True, 16, [])
    assert len(document["rows"]) == 16


def test_one_provider_for_all_fails(proxy: LiveProxy) -> None:
    done = run(proxy.url, proxy.token, "-n", "3")
    assert done.returncode == 1
    assert "one provider served everything" in done.stdout


def test_two_hundred_at_once_do_not_run_into_the_wall(providers: SimulatorProcess) -> None:
    """Ten requests a minute, as the plan in the settings says: what has no room goes on without being refused."""
    cerebras = {**DEFAULT_SETTINGS["providers"]["cerebras"], "plan": "free-2026-spring"}
    settings = {
        **DEFAULT_SETTINGS,
        "providers": {**DEFAULT_SETTINGS["providers"], "cerebras": cerebras},
    }
    providers.reset()
    with start_live_proxy(
        settings, cerebras_base=providers.cerebras_base, zai_base=providers.zai_base
    ) as live:
        done = run(live.url, live.token, "-n", "200", "--json")
    document = json.loads(done.stdout)
    assert (document["ok"], document["requests"], document["errors"]) == (True, 200, [])
    asked = providers.log(provider="cerebras", bodies=False)
    assert 8 <= sum(record.status == 200 for record in asked) <= 10
    assert sum(record.status == 429 for record in asked) < 3


def test_a_wrong_token_fails_every_request(proxy: LiveProxy) -> None:
    done = run(proxy.url, "wrong", "-n", "2")
    assert done.returncode == 1
    assert "errors" in done.stdout


def test_without_a_running_proxy_it_says_so() -> None:
    done = run()
    assert done.returncode == 5
    assert "the proxy is not running" in done.stderr
