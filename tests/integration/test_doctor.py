"""The doctor on a set-up made by the commands themselves, with a real LiteLLM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ccglm.proxy.processes import live_members
from ccglm.proxy.run_record import read_run_record
from ccglm.proxy.stop import stop_proxy
from ccglm.simulator.process import SimulatorProcess
from tests.helpers.patients import CLIENT_VERSION, a_program
from tests.helpers.simulator import simulator, simulator_process

__all__ = ["simulator", "simulator_process"]

pytestmark = [pytest.mark.proxy, pytest.mark.timeout(300)]

KEYS = {
    "CEREBRAS_API_KEY": "csk-of-the-test-0123456789",
    "ZAI_API_KEY": "zai-of-the-test-0123456789",
}


@pytest.fixture(scope="module")
def simulator_knobs() -> dict[str, Any]:
    """Models that anybody may use: a dedicated one is rightly warned of."""
    return {"zai_concurrency": 0}


@dataclass
class Shell:
    """Runs `ccglm` as a user does."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ccglm", *arguments], capture_output=True, text=True, check=False, timeout=240,
            env=self.environment, cwd=self.folder,
        )  # fmt: skip

    def doctor(self, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
        """Return the exit code, and check and text of each finding."""
        done = self.run("doctor", "--json", *arguments)
        checks = json.loads(done.stdout)["checks"]
        found = [(c["name"], finding["what"]) for c in checks for finding in c["findings"]]
        return done.returncode, found


@pytest.fixture
def shell(tmp_path: Path, simulator: SimulatorProcess) -> Iterator[Shell]:
    a_program(tmp_path / "bin" / "claude", f"echo '{CLIENT_VERSION}'")
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CCGLM_HOME": str(tmp_path / "home"),
        "CEREBRAS_API_BASE": simulator.cerebras_base,
        "ZAI_API_BASE": simulator.zai_base,
    }
    yield Shell(tmp_path, environment)
    stop_proxy(tmp_path / "home" / "state" / "run.json")


def test_nothing_is_wrong_with_what_the_commands_made_until_something_is(shell: Shell) -> None:
    with_keys = Shell(shell.folder, {**shell.environment, **KEYS})
    assert with_keys.run("init", "--yes").returncode == 0
    started = shell.run("up", "--detach", "--port", "auto")
    assert started.returncode == 0, started.stderr
    assert shell.run("claude-env").returncode == 0
    assert shell.doctor("--online") == (0, [])

    record_path = shell.folder / "home" / "state" / "run.json"
    record = read_run_record(record_path)
    assert record is not None
    os.killpg(record.pid, signal.SIGKILL)
    while live_members(record.pid):
        pass
    code, found = shell.doctor("--only", "proxy", "--only", "claude-address")
    assert code == 1
    assert [name for name, _ in found] == ["proxy", "claude-address"]
    code, found = shell.doctor("--only", "proxy", "--fix")
    assert (code, found) == (0, [("proxy", "the proxy is not running")])
    assert not record_path.exists()

    text = shell.run("report").stdout
    assert "LiteLLM 1." in text
    assert not any(key in text for key in KEYS.values())
