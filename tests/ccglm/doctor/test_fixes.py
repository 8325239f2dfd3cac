"""The safe repairs."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ccglm.doctor.fixes import apply_fixes, clear_left_over, close_to_others
from ccglm.doctor.model import Check, CheckResult, Finding, Remedy, Report, State
from ccglm.errors import PrerequisiteError
from ccglm.proxy.processes import is_alive
from ccglm.proxy.run_record import read_run_record, write_run_record
from tests.helpers.launches import a_record


def test_permissions_of_others_are_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    path.chmod(0o666)
    assert close_to_others(path, 0o600) == f"made `{path}` yours alone (600)"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_cannot_be_changed_is_told(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match="cannot write"):
        close_to_others(tmp_path / "none", 0o600)


def test_what_a_dead_proxy_left_is_cleared_and_no_stranger_is_touched(tmp_path: Path) -> None:
    stranger = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    try:
        record_path = tmp_path / "run.json"
        # The process id was given to somebody else since.
        write_run_record(record_path, a_record(pid=stranger.pid, port=1))
        assert "cleared" in clear_left_over(record_path)
        assert read_run_record(record_path) is None
        assert is_alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_only_findings_with_a_repair_are_repaired() -> None:
    done: list[str] = []

    def fix() -> str:
        done.append("x")
        return "did x"

    findings = (
        Finding("a", "b", Remedy("by hand", ("false",))),
        Finding("c", "d", Remedy("by itself", fix=fix)),
    )
    check = Check("a", "", lambda _: ())
    report = Report((CheckResult(check, State.FAILED, 0.0, findings),))
    assert apply_fixes(report) == ["did x"]
    assert done == ["x"]
