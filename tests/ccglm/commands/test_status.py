"""`ccglm status` as people and programs call it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from ccglm.proxy.run_record import write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from tests.helpers.launches import a_launch

SLOW_MODULES = {
    "litellm",
    "pydantic",
    "httpx",
    "rich",
    "yaml",
    "dotenv",
    "openai",
    "starlette",
    "uvicorn",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return tmp_path


def test_nothing_running_is_exit_code_5(home: Path) -> None:
    result = CliRunner().invoke(app, ["status"])
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == "error: the proxy is not running\n\nhint: start it with `ccglm up`\n"


def test_nothing_running_is_a_document_too(home: Path) -> None:
    result = CliRunner().invoke(app, ["status", "--json"])
    assert result.exit_code == 5
    assert result.stderr == ""
    document = json.loads(result.stdout)
    assert (document["ok"], document["running"], document["exit_code"]) == (False, False, 5)


def test_a_running_proxy_is_described(home: Path) -> None:
    proxy = start_proxy(a_launch(home), stop=StopRequest())
    try:
        document = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
        people = CliRunner().invoke(app, ["status"])
        write_run_record(home / "state" / "run.json", replace(proxy.record, version="0.0.1"))
        skewed = CliRunner().invoke(app, ["status"])
    finally:
        proxy.stop()
    assert (document["ok"], document["running"], document["pid"]) == (True, True, proxy.record.pid)
    assert proxy.record.address in people.stdout
    assert (people.exit_code, people.stderr) == (0, "")
    assert skewed.exit_code == 0
    assert "warning: the proxy runs version 0.0.1" in skewed.stderr


def test_it_imports_nothing_slow(home: Path) -> None:
    proxy = start_proxy(a_launch(home), stop=StopRequest())
    code = "import sys; from ccglm.cli import app; app(['status', '--json'], standalone_mode=False); print(*sys.modules)"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
        )
    finally:
        proxy.stop()
    document, _, modules = done.stdout.rpartition("}\n")
    assert json.loads(document + "}")["running"] is True
    assert not {name.partition(".")[0] for name in modules.split()} & SLOW_MODULES
