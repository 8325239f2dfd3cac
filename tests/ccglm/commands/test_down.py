"""`ccglm down` stops what runs and says so."""

import json
import os
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from ccglm.proxy.processes import live_members
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from tests.helpers.launches import a_launch


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return tmp_path


def test_nothing_running_is_no_error(home: Path) -> None:
    result = CliRunner().invoke(app, ["down"])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "already down\n", "")


def test_a_running_proxy_is_stopped(home: Path) -> None:
    proxy = start_proxy(a_launch(home), stop=StopRequest())
    result = CliRunner().invoke(app, ["down", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "ok": True, "outcome": "stopped", "pid": proxy.record.pid, "port": proxy.record.port,
    }  # fmt: skip
    assert live_members(proxy.record.pid) == []
    proxy.stop()
    assert CliRunner().invoke(app, ["down"]).stdout == "already down\n"


def test_a_killed_proxy_is_cleared_away(home: Path) -> None:
    proxy = start_proxy(a_launch(home), stop=StopRequest())
    os.kill(proxy.record.pid, signal.SIGKILL)
    while proxy.exit_code() is None:
        pass
    status = CliRunner().invoke(app, ["status"])
    assert status.exit_code == 5
    assert "ended by itself" in status.stderr
    assert CliRunner().invoke(app, ["down"]).stdout == "already down\n"
    assert not (home / "state" / "run.json").exists()
