"""Whole groups are found and stopped, stubborn members included."""

import os
import shutil
import subprocess
import sys

import pytest

from ccglm.proxy.processes import carries, command_line, is_alive, live_members, stop_group

STUBBORN = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print('up', flush=True); time.sleep(600)"
)
WILLING = "import time; print('up', flush=True); time.sleep(600)"


def start(code: str) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    return child


@pytest.mark.parametrize(("code", "members", "clean"), [(WILLING, 1, True), (STUBBORN, 2, False)])
def test_a_group_is_stopped_to_the_last_process(code: str, members: int, clean: bool) -> None:
    child = start(code)
    assert len(live_members(child.pid)) == members
    # The parent ignores the request; its own child, started later, would too.
    assert stop_group(child.pid, grace_s=0.5 if not clean else 30, collect=child.poll) is clean
    assert live_members(child.pid) == []
    assert child.wait() < 0
    assert child.stdout is not None
    child.stdout.close()


def test_a_process_that_ended_and_was_not_collected_is_dead() -> None:
    child = start(WILLING)
    assert is_alive(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(child.pid)
    assert live_members(child.pid) == []
    child.wait()
    assert child.stdout is not None
    child.stdout.close()


def test_stopping_what_is_gone_is_harmless() -> None:
    child = start(WILLING)
    child.kill()
    child.wait()
    assert stop_group(child.pid, grace_s=1)
    assert child.stdout is not None
    child.stdout.close()


def test_the_arguments_of_a_process_are_known() -> None:
    assert sys.executable.rpartition("/")[2][:6] in command_line(os.getpid())
    assert command_line(2**22 + 1) == ""


def test_a_process_is_known_by_what_it_was_started_with() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "RUN": "a b"},
    )  # fmt: skip
    assert child.stdout is not None
    # The kernel shows the environment only a moment after the program is there.
    assert child.stdout.readline() == b"up\n"
    assert carries(child.pid, "RUN=a b")
    assert not carries(child.pid, "RUN=a")
    child.communicate(b"\n")
    assert not carries(child.pid, "RUN=a b")


@pytest.mark.skipif(shutil.which("ps") is None, reason="this machine has no ps")
def test_systems_without_proc_are_asked_through_ps(monkeypatch: pytest.MonkeyPatch) -> None:
    child = start(WILLING)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert live_members(child.pid) == [child.pid]
    assert "time.sleep(600)" in command_line(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(child.pid)
    child.wait()
    assert child.stdout is not None
    child.stdout.close()
