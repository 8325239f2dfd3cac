"""`ccglm up` starts, says where, and leaves nothing behind; every bad input has one clear message."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from ccglm.proxy.ports import free_port
from ccglm.proxy.processes import live_members
from ccglm.proxy.readiness import is_answering
from ccglm.proxy.run_record import RunRecord, read_run_record
from ccglm.proxy.stop import stop_proxy
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY, ZAI_KEY, Home, a_home

STAND_IN_UP = Path(__file__).resolve().parents[2] / "helpers" / "stand_in_up.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    yield a_home(tmp_path)
    stop_proxy(tmp_path / "state" / "run.json", grace_s=2)


def start(*arguments: str, stand_in: str = "") -> subprocess.Popen[str]:
    """Start `ccglm up` with the stand-in proxy, on a free port."""
    return subprocess.Popen(
        [sys.executable, str(STAND_IN_UP), "up", "--port", str(free_port("127.0.0.1")), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "STAND_IN": stand_in},
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr


def line_with(text: str, process: subprocess.Popen[str]) -> str:
    """Read the command's stderr up to the line that holds the text."""
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return line
    raise AssertionError(f"{text!r} was not said")


def record_of(home: Home) -> RunRecord:
    record = read_run_record(home.paths.run_record)
    assert record is not None
    return record


def test_detached_it_returns_when_the_proxy_is_ready(home: Home) -> None:
    code, stdout, stderr = finish(start("--detach"))
    record = record_of(home)
    assert code == 0
    assert stdout.splitlines()[0].startswith(f"ready on {record.address} (process {record.pid}, ")
    assert "  main  cerebras/gpt-oss-120b, then zai/glm-4.7" in stdout
    assert stderr.startswith("starting\n")
    assert "`ccglm down` stops it" in stderr
    assert record.detached
    assert live_members(record.pid)
    assert finish(start())[0] == 5  # another port
    assert CliRunner().invoke(app, ["up"]).stdout.startswith(f"already running on {record.address}")


def test_programs_get_one_document(home: Home) -> None:
    code, stdout, _ = finish(start("--detach", "--json"))
    document = json.loads(stdout)
    record = record_of(home)
    assert (code, document["ok"], document["port"], document["pid"]) == (
        0,
        True,
        record.port,
        record.pid,
    )
    assert document["chains"]["fast"] == ["zai/glm-4.5-air"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_in_front_it_stays_until_told(number: signal.Signals, code: int, home: Home) -> None:
    process = start()
    assert "Ctrl-C stops it" in line_with("next:", process)
    record = record_of(home)
    assert not record.detached
    process.send_signal(number)
    got, _, stderr = finish(process)
    assert (got, stderr) == (code, "stopped\n")
    assert live_members(record.pid) == []
    assert not home.paths.run_record.exists()


def test_down_from_another_terminal_ends_it(home: Home) -> None:
    process = start()
    line_with("next:", process)
    assert CliRunner().invoke(app, ["down"]).exit_code == 0
    assert finish(process)[0::2] == (0, "stopped by `ccglm down`\n")


def test_down_while_it_starts_is_told(home: Home) -> None:
    process = start("--detach", stand_in="warm=600")
    line_with("warming", process)
    assert CliRunner().invoke(app, ["down"]).exit_code == 0
    code, _, stderr = finish(process)
    assert (code, stderr) == (5, "error: `ccglm down` stopped the proxy while it was starting\n")


def test_a_killed_command_leaves_a_proxy_that_down_finds(home: Home) -> None:
    process = start()
    line_with("next:", process)
    process.kill()
    finish(process)
    record = record_of(home)
    assert CliRunner().invoke(app, ["status"]).exit_code == 0
    assert CliRunner().invoke(app, ["down"]).stdout.startswith("stopped the proxy on port")
    assert live_members(record.pid) == []


def test_two_at_once_start_one_proxy(home: Home) -> None:
    results = [finish(process) for process in [start("--detach"), start("--detach")]]
    assert sorted(code for code, _, _ in results) == [0, 5]
    record = record_of(home)
    (ready,) = [stdout for code, stdout, _ in results if code == 0]
    assert record.address in ready
    assert is_answering(record) is not None


def test_a_killed_child_is_reported(home: Home) -> None:
    process = start()
    line_with("next:", process)
    os.killpg(record_of(home).pid, signal.SIGKILL)
    code, _, stderr = finish(process)
    assert code == 5
    assert stderr.startswith("error: the proxy ended unexpectedly (killed by SIGKILL)\n  stand-in:")
    assert "hint: " in stderr
    assert not home.paths.run_record.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("detach", [[], ["--detach"]])
def test_a_signal_while_it_starts_leaves_nothing(
    number: signal.Signals, detach: list[str], home: Home
) -> None:
    process = start(*detach, stand_in="warm=600")
    line_with("warming", process)
    record = record_of(home)
    process.send_signal(number)
    code, stdout, stderr = finish(process)
    assert (code, stdout, stderr) == (130, "", "error: interrupted\n")
    assert live_members(record.pid) == []
    assert not home.paths.run_record.exists()


def test_a_crash_at_start_shows_its_last_lines(home: Home) -> None:
    code, stdout, stderr = finish(start("--detach", stand_in="crash=3"))
    assert (code, stdout) == (5, "")
    assert "error: the proxy ended while it was starting (exit code 3)\n" in stderr
    assert "  RuntimeError: no luck, modèle inconnu\n" in stderr
    assert "hint: " in stderr
    assert not home.paths.run_record.exists()


def failing(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["up", *arguments])
    assert result.stdout == ""
    return result.exit_code, result.stderr


def test_a_taken_port_names_its_holder(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code, stderr = failing("--port", str(port))
    assert code == 5
    assert f"port {port} is already in use by process {os.getpid()}" in stderr
    assert "--port auto" in stderr


@pytest.mark.parametrize("port", ["zero", "0", "70000"])
def test_a_port_that_is_none_is_a_usage_error(port: str, home: Home) -> None:
    code, stderr = failing("--port", port)
    assert code == 2
    assert f"`{port}` is not a port" in stderr


def test_broken_yaml_is_exit_code_3(home: Home) -> None:
    home.paths.settings.write_text("providers: {zai: [\n")
    code, stderr = failing()
    assert code == 3
    assert "ccglm.yaml:" in stderr
    assert not home.paths.state.exists()


def test_an_unknown_key_is_exit_code_3(home: Home) -> None:
    home.paths.settings.write_text(home.paths.settings.read_text() + "sever: {port: 4001}\n")
    code, stderr = failing()
    assert code == 3
    assert "did you mean `server`" in stderr


def test_no_settings_is_exit_code_3(home: Home) -> None:
    home.paths.settings.unlink()
    code, stderr = failing()
    assert code == 3
    assert "`ccglm init`" in stderr


def test_a_missing_key_is_exit_code_4(home: Home) -> None:
    home.paths.secrets.write_text(
        f"CEREBRAS_API_KEY={CEREBRAS_KEY}\nCCGLM_MASTER_KEY={MASTER_KEY}\n"
    )
    code, stderr = failing()
    assert code == 4
    assert "`ZAI_API_KEY` is not set" in stderr


def test_a_weak_master_key_is_exit_code_3(home: Home) -> None:
    home.paths.secrets.write_text(
        f"CEREBRAS_API_KEY={CEREBRAS_KEY}\nZAI_API_KEY={ZAI_KEY}\nCCGLM_MASTER_KEY=sk-1234\n"
    )
    code, stderr = failing()
    assert code == 3
    assert "CCGLM_MASTER_KEY" in stderr
    assert "sk-1234" not in stderr


def test_a_state_folder_that_takes_nothing_is_exit_code_4(home: Home) -> None:
    home.paths.state.write_text("a file in its place")
    code, stderr = failing()
    assert code == 4
    assert "cannot write" in stderr
    assert home.paths.state.read_text() == "a file in its place"


def test_a_host_of_another_machine_is_exit_code_3(home: Home) -> None:
    a_home(home.folder, server={"host": "192.0.2.1"})
    code, stderr = failing()
    assert code == 3
    assert "no address `192.0.2.1`" in stderr


def test_the_demo_needs_no_settings(home: Home) -> None:
    home.paths.settings.unlink()
    code, stdout, _ = finish(start("--detach", "--demo"))
    record = record_of(home)
    assert code == 0
    assert "main  cerebras/zai-glm-4.7, then zai/glm-4.7" in stdout
    assert record.simulator_pid is not None
    assert live_members(record.simulator_pid)
    assert CliRunner().invoke(app, ["down"]).exit_code == 0
    assert live_members(record.simulator_pid) == live_members(record.pid) == []


def test_the_demo_in_front_ends_with_its_simulator(home: Home) -> None:
    process = start("--demo")
    line_with("next:", process)
    record = record_of(home)
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] == 130
    assert record.simulator_pid is not None
    assert live_members(record.simulator_pid) == live_members(record.pid) == []
