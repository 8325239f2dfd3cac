"""Only what is proven to be ours is stopped, and then all of it."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from ccglm.proxy.processes import is_alive, live_members
from ccglm.proxy.run_record import read_run_record, write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from ccglm.proxy.stop import Outcome, running_record, stop_proxy
from tests.helpers.launches import a_launch, a_record


def test_a_running_proxy_is_stopped(tmp_path: Path) -> None:
    launch = a_launch(tmp_path)
    proxy = start_proxy(launch, stop=StopRequest())
    assert running_record(launch.record_path) == proxy.record
    stopped = stop_proxy(launch.record_path)
    assert stopped == (Outcome.STOPPED, proxy.record)
    assert live_members(proxy.record.pid) == []
    assert proxy.exit_code() == 0
    assert not launch.record_path.exists()


def test_a_stubborn_one_and_its_children_are_killed(tmp_path: Path) -> None:
    launch = a_launch(tmp_path, behaviour="stubborn child")
    proxy = start_proxy(launch, stop=StopRequest())
    assert len(live_members(proxy.record.pid)) == 2
    assert stop_proxy(launch.record_path, grace_s=0.3).outcome == Outcome.KILLED
    assert live_members(proxy.record.pid) == []
    assert proxy.exit_code() == -signal.SIGKILL


def test_what_a_killed_proxy_left_behind_is_stopped_too(tmp_path: Path) -> None:
    launch = a_launch(tmp_path, behaviour="child")
    proxy = start_proxy(launch, stop=StopRequest())
    os.kill(proxy.record.pid, signal.SIGKILL)
    while proxy.exit_code() is None:
        pass
    assert len(live_members(proxy.record.pid)) == 1
    assert running_record(launch.record_path) == proxy.record
    assert stop_proxy(launch.record_path, grace_s=0.3).outcome == Outcome.KILLED
    assert live_members(proxy.record.pid) == []


def test_nothing_running_is_already_down(tmp_path: Path) -> None:
    assert stop_proxy(tmp_path / "run.json") == (Outcome.ALREADY_DOWN, None)


def test_a_left_over_record_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    write_run_record(path, a_record(pid=child.pid))
    assert running_record(path) is None
    assert stop_proxy(path).outcome == Outcome.ALREADY_DOWN
    assert not path.exists()


def test_a_process_that_took_over_the_id_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    foreign = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    try:
        write_run_record(path, a_record(pid=foreign.pid, simulator_pid=foreign.pid))
        assert running_record(path) is None
        assert stop_proxy(path).outcome == Outcome.ALREADY_DOWN
        assert is_alive(foreign.pid)
    finally:
        foreign.kill()
        foreign.wait()


def test_a_proxy_that_no_longer_answers_is_known_by_its_environment(tmp_path: Path) -> None:
    launch = a_launch(tmp_path)
    proxy = start_proxy(launch, stop=StopRequest())
    os.kill(proxy.record.pid, signal.SIGSTOP)
    try:
        assert stop_proxy(launch.record_path, grace_s=0.3).outcome == Outcome.KILLED
    finally:
        proxy.stop()


def test_the_simulator_beside_it_is_stopped_too(tmp_path: Path) -> None:
    launch = a_launch(tmp_path)
    simulator = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)", "ccglm", "simulate"],
        start_new_session=True,
    )
    proxy = start_proxy(launch, stop=StopRequest())
    write_run_record(launch.record_path, replace(proxy.record, simulator_pid=simulator.pid))
    assert stop_proxy(launch.record_path).outcome == Outcome.STOPPED
    assert simulator.wait() == -signal.SIGTERM
    assert read_run_record(launch.record_path) is None
    proxy.stop()


def test_the_simulator_is_stopped_when_the_proxy_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    simulator = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)", "ccglm", "simulate"],
        start_new_session=True,
    )
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_run_record(path, a_record(pid=gone.pid, simulator_pid=simulator.pid))
    assert stop_proxy(path).outcome == Outcome.STOPPED
    assert simulator.wait() == -signal.SIGTERM
