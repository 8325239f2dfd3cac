"""`ccglm logs` shows whole, harmless lines."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    path = tmp_path / "state" / "logs" / "proxy.log"
    path.parent.mkdir(parents=True)
    path.write_bytes("INFO: one\nERROR: \x1b[2Jtwo é\nINFO: three\n".encode())
    return path


def test_the_last_lines_are_shown_and_cannot_steer_the_terminal(log: Path) -> None:
    result = CliRunner().invoke(app, ["logs", "-n", "2"])
    assert (result.exit_code, result.stdout) == (0, "ERROR: \\x1b[2Jtwo é\nINFO: three\n")


def test_a_level_is_respected(log: Path) -> None:
    result = CliRunner().invoke(app, ["logs", "--level", "error"])
    assert result.stdout == "ERROR: \\x1b[2Jtwo é\n"


def test_no_log_is_explained(log: Path) -> None:
    log.unlink()
    result = CliRunner().invoke(app, ["logs"])
    assert result.exit_code == 5
    assert "never started" in result.stderr


def test_a_wrong_level_is_a_usage_error(log: Path) -> None:
    assert CliRunner().invoke(app, ["logs", "--level", "loud"]).exit_code == 2


def test_following_goes_on_until_ctrl_c(log: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "ccglm", "logs", "-f", "-n", "1"], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"INFO: three\n"
    with log.open("ab") as file:
        file.write(b"INFO: four\nhalf a li")
    assert child.stdout.readline() == b"INFO: four\n"
    child.send_signal(signal.SIGINT)
    rest, _ = child.communicate(timeout=30)
    assert (rest, child.returncode) == (b"", 0)


def test_a_reader_that_goes_away_ends_it_quietly(log: Path) -> None:
    log.write_bytes(b"INFO: line\n" * 200_000)
    child = subprocess.Popen(
        [sys.executable, "-m", "ccglm", "logs", "-n", "200000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == b"INFO: line\n"
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(timeout=30) == 1
