"""The whole path a user takes, on a real LiteLLM: init, up, ask, status, logs, down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from ccglm.dotenv_file import read_dotenv
from ccglm.proxy.processes import live_members
from ccglm.proxy.run_record import RunRecord, read_run_record
from ccglm.proxy.stop import stop_proxy
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

if TYPE_CHECKING:
    from ccglm.simulator.process import SimulatorProcess

__all__ = ["simulator", "simulator_knobs", "simulator_process"]

pytestmark = [pytest.mark.proxy, pytest.mark.timeout(300)]


class Shell:
    """Runs `ccglm` as a user does, in a home of its own."""

    def __init__(self, home: Path, simulator: SimulatorProcess) -> None:
        self.home = home
        self.environment = {**os.environ, "CCGLM_HOME": str(home)}
        self.with_keys = {
            **self.environment,
            "CEREBRAS_API_KEY": "csk-of-the-test-0123456789",
            "ZAI_API_KEY": "zai-of-the-test-0123456789",
            "CEREBRAS_API_BASE": simulator.cerebras_base,
            "ZAI_API_BASE": simulator.zai_base,
        }

    def run(self, *arguments: str, keys: bool = False) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ccglm", *arguments], capture_output=True, text=True, check=False, timeout=240,
            env=self.with_keys if keys else self.environment,
        )  # fmt: skip

    def json(self, *arguments: str) -> dict[str, Any]:
        document = json.loads(self.run(*arguments, "--json").stdout)
        assert isinstance(document, dict)
        return document

    @property
    def record(self) -> RunRecord:
        record = read_run_record(self.home / "state" / "run.json")
        assert record is not None
        return record

    def ask(self, token: str | None = None) -> httpx.Response:
        key = token or read_dotenv(self.home / ".env")["CCGLM_MASTER_KEY"]
        body = {
            "model": "claude-sonnet-4-5", "max_tokens": 200, "messages": [{"role": "user", "content": "Say hello"}],
        }  # fmt: skip
        return httpx.post(
            f"{self.record.address}/v1/messages",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )


@pytest.fixture
def shell(tmp_path: Path, simulator: SimulatorProcess) -> Iterator[Shell]:
    shell = Shell(tmp_path / "home", simulator)
    yield shell
    stop_proxy(tmp_path / "home" / "state" / "run.json")


def test_a_newcomers_way_from_keys_to_answers(shell: Shell) -> None:
    assert shell.run("init", "--yes", keys=True).returncode == 0
    up = shell.run("up", "--port", "auto", "--detach")
    assert up.returncode == 0, up.stderr
    record = shell.record
    assert f"ready on {record.address} (process {record.pid}, " in up.stdout

    answer = shell.ask()
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == "claude-sonnet-4-5"
    assert shell.run("logs", "--level", "warning").stdout == ""
    refused = shell.ask(token="sk-ccglm-wrong-token-0123456789")
    assert refused.status_code == 401
    assert refused.json()["error"]["type"] == "authentication_error"
    assert "`ccglm claude-env`" in refused.json()["error"]["message"]

    status = shell.json("status")
    assert (status["running"], status["ready"], status["warm"], status["pid"]) == (
        True,
        True,
        True,
        record.pid,
    )
    assert status["chains"]["main"][0] == "cerebras/zai-glm-4.7"
    exports = shell.run("claude-env", "--print").stdout
    assert record.address in exports

    assert shell.run("up", "--detach").stdout.startswith(f"already running on {record.address}")
    assert (
        shell.run("down").stdout
        == f"stopped the proxy on port {record.port}, process {record.pid}\n"
    )
    assert live_members(record.pid) == []
    assert shell.run("down").stdout == "already down\n"
    assert shell.run("status").returncode == 5


def test_a_killed_proxy_is_explained_and_comes_back(shell: Shell) -> None:
    shell.run("init", "--yes", keys=True)
    assert shell.run("up", "--port", "auto", "--detach").returncode == 0
    os.killpg(shell.record.pid, signal.SIGKILL)
    while live_members(shell.record.pid):
        pass
    status = shell.run("status")
    assert status.returncode == 5
    assert "ended by itself" in status.stderr
    assert shell.run("up", "--port", "auto", "--detach").returncode == 0
    assert shell.ask().status_code == 200


def test_settings_litellm_refuses_show_its_own_words(shell: Shell) -> None:
    shell.run("init", "--yes", keys=True)
    settings = shell.home / "ccglm.yaml"
    text = settings.read_text().replace(
        "litellm: {}", 'litellm: {router_settings: {routing_strategy: "no-such-strategy"}}'
    )
    settings.write_text(text)
    up = shell.run("up", "--port", "auto", "--detach")
    assert up.returncode in (3, 5)
    assert "no-such-strategy" in up.stderr
    assert not (shell.home / "state" / "run.json").exists()


def test_workers_share_one_port_and_leave_together(shell: Shell) -> None:
    shell.run("init", "--yes", keys=True)
    up = shell.run("up", "--port", "auto", "--detach", "--workers", "2")
    assert up.returncode == 0, up.stderr
    record = shell.record
    assert len(live_members(record.pid)) >= 3
    assert shell.ask().status_code == 200
    assert shell.run("down").returncode == 0
    assert live_members(record.pid) == []
