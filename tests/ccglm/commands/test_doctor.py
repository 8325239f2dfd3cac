"""`ccglm doctor` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from tests.helpers.patients import KEYS, Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


@pytest.fixture
def set_up(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> Patient:
    for name, value in patient.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(patient.working_folder)
    return patient


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert not any(key in result.output for key in KEYS)
    return result.exit_code, result.stdout, result.stderr


FILES = ("doctor", "--only", "files")


def test_nothing_wrong_is_exit_code_0(set_up: Patient) -> None:
    code, stdout, stderr = run(*FILES)
    assert (code, stderr) == (0, "examining the set-up\n")
    assert stdout == "check  result\nfiles  ok\n\n1 check; nothing wrong\n"


def test_an_error_is_exit_code_1_with_what_to_do(set_up: Patient) -> None:
    set_up.paths.secrets.chmod(0o644)
    code, stdout, stderr = run(*FILES)
    assert code == 1
    assert f"error: other users can read `{set_up.paths.secrets}`  [files]\n" in stdout
    assert f"       $ chmod 600 {set_up.paths.secrets}\n" in stdout
    assert "error: found 1 error\n\nhint: `ccglm doctor --fix` repairs 1 of them\n" in stderr


def test_a_warning_alone_is_exit_code_0(set_up: Patient) -> None:
    set_up.paths.state.chmod(0o755)
    code, stdout, _ = run(*FILES)
    assert code == 0
    assert "1 check; 1 warning" in stdout


def test_programs_get_one_document_either_way(set_up: Patient) -> None:
    code, stdout, stderr = run(*FILES, "--json")
    good = json.loads(stdout)
    assert (code, good["ok"], good["healthy"], stderr) == (0, True, True, "examining the set-up\n")
    set_up.paths.secrets.chmod(0o644)
    code, stdout, _ = run(*FILES, "--json")
    bad = json.loads(stdout)
    assert (code, bad["ok"], bad["healthy"], bad["exit_code"]) == (1, False, False, 1)
    assert bad["checks"][0]["findings"][0]["remedy"]["fixable"] is True
    assert bad["error"]["message"] == "found 1 error"


def test_fix_repairs(set_up: Patient) -> None:
    set_up.paths.secrets.chmod(0o644)
    code, stdout, _ = run(*FILES, "--fix")
    assert code == 0
    assert f"fixed: made `{set_up.paths.secrets}` yours alone (600)" in stdout


def test_checks_are_listed(set_up: Patient) -> None:
    code, stdout, _ = run("doctor", "--list-checks")
    assert code == 0
    assert stdout.splitlines()[1].split()[0] == "python"
    names = [check["name"] for check in json.loads(run("doctor", "--list-checks", "--json")[1])["checks"]]  # fmt: skip
    assert "clock" in names


def test_names_are_completed() -> None:
    from ccglm.commands.doctor import _names

    assert _names("claude-") == [
        "claude-files", "claude-address", "claude-conflicts", "claude-models", "claude-window",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("only", "says"), [("file", "did you mean `files`"), ("keys", "add `--online`")]
)
def test_names_nobody_can_run_are_usage_errors(only: str, says: str, set_up: Patient) -> None:
    code, _, stderr = run("doctor", "--only", only)
    assert code == 2
    assert says in stderr


def test_other_settings_can_be_examined(set_up: Patient, tmp_path: Path) -> None:
    code, stdout, _ = run(
        "doctor", "--only", "settings", "--config", str(tmp_path / "none" / "ccglm.yaml")
    )
    assert code == 1
    assert "there are no settings" in stdout


def test_verbose_tells_what_was_seen(set_up: Patient) -> None:
    assert f"state {set_up.paths.state}" in run("--verbose", *FILES)[1]
