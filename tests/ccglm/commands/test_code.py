"""`ccglm code` as people call it; starting a proxy is in `tests/integration/test_claude_code_surfaces.py`."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from ccglm.proxy.prepare import prepare
from ccglm.proxy.run_record import RunRecord, write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from tests.helpers.ccglm_home import write_home
from tests.helpers.launches import a_launch

_CLIENT = """
import json, os, pathlib, sys
pathlib.Path(__file__).with_name("report.json").write_text(json.dumps([sys.argv[3:], dict(os.environ)]))
raise SystemExit(7)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return write_home(tmp_path)


@pytest.fixture
def running(home: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[RunRecord]:
    """A stand-in for the proxy, started from the home's settings."""
    monkeypatch.setenv("PATH", f"{home / 'bin'}:/usr/bin:/bin")
    proxy = start_proxy(a_launch(home), stop=StopRequest())
    record = replace(
        proxy.record, settings_path=str(home / "ccglm.yaml"), state_path=str(home / "state")
    )
    write_run_record(home / "state" / "run.json", record)
    record.paths.hook_settings.write_text(prepare(record.paths, {}).hooks.to_json())
    try:
        yield record
    finally:
        proxy.stop()


def _install_client(home: Path, name: str = "bin/claude") -> Path:
    program = home / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!{sys.executable}\n{_CLIENT}")
    program.chmod(0o755)
    return program


def test_the_client_runs_on_the_running_proxy_and_gives_its_exit_code(
    home: Path, running: RunRecord
) -> None:
    program = _install_client(home)
    result = CliRunner().invoke(app, ["code", "--", "-p", "say hi", "--output-format", "json"])
    assert result.exit_code == 7, result.output
    arguments, environment = json.loads(program.with_name("report.json").read_text())
    assert arguments == ["-p", "say hi", "--output-format", "json"]
    assert environment["ANTHROPIC_BASE_URL"] == running.address
    assert environment["ANTHROPIC_MODEL"] == "main"
    assert result.stdout == ""


def test_options_of_the_client_need_no_dashes_before_them(home: Path, running: RunRecord) -> None:
    program = _install_client(home)
    given = ["-p", "say hi", "-c", "--model", "opus", "--allowedTools", "Bash(git *)"]
    result = CliRunner().invoke(app, ["code", "--isolated", *given])
    assert result.exit_code == 7, result.output
    arguments, _ = json.loads(program.with_name("report.json").read_text())
    assert arguments == given


def test_another_client_can_be_named(home: Path, running: RunRecord) -> None:
    program = _install_client(home, "other")
    result = CliRunner().invoke(app, ["code", "--claude", str(program), "--isolated"])
    assert result.exit_code == 7, result.output
    _, environment = json.loads(program.with_name("report.json").read_text())
    assert environment["CLAUDE_CONFIG_DIR"] == str(home / "state" / "claude-home")


def test_a_client_that_is_not_installed_is_exit_code_4_and_starts_nothing(home: Path) -> None:
    result = CliRunner().invoke(app, ["code"])
    assert result.exit_code == 4
    assert "npm install -g @anthropic-ai/claude-code" in result.stderr
    assert not (home / "state").exists()


def test_wrong_settings_start_neither_proxy_nor_client(home: Path) -> None:
    program = _install_client(home)
    write_home(home, models={"main": []})
    result = CliRunner().invoke(app, ["code"])
    assert result.exit_code == 3
    assert not program.with_name("report.json").exists()
