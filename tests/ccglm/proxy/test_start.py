"""The proxy is started and proven, or nothing is left of it."""

import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError, ProxyUnavailable
from ccglm.proxy.processes import live_members
from ccglm.proxy.readiness import is_answering
from ccglm.proxy.run_record import read_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import Launch, RunningProxy, start_proxy
from tests.helpers.launches import a_launch, a_record


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningProxy]:
    proxy = start_proxy(a_launch(tmp_path), stop=StopRequest())
    yield proxy
    proxy.stop()


def groups_of(launch: Launch) -> list[int]:
    """Return the live processes of the run, found by the group id it logged in its record."""
    record = read_run_record(launch.record_path)
    return [] if record is None else live_members(record.pid)


def test_it_returns_when_exactly_this_child_is_warm(running: RunningProxy, tmp_path: Path) -> None:
    readiness = is_answering(running.record)
    assert readiness is not None
    assert readiness.warm
    assert readiness.pid == running.record.pid
    assert read_run_record(tmp_path / "state" / "run.json") == running.record
    assert running.exit_code() is None


def test_stopping_leaves_nothing(running: RunningProxy, tmp_path: Path) -> None:
    running.stop()
    assert live_members(running.record.pid) == []
    assert not (tmp_path / "state" / "run.json").exists()
    assert running.exit_code() == 0


def test_the_child_gets_only_the_environment_it_is_given(tmp_path: Path) -> None:
    dump = tmp_path / "environment.json"
    launch = a_launch(tmp_path, behaviour=f"dump={dump}")
    proxy = start_proxy(launch, stop=StopRequest())
    proxy.stop()
    seen = json.loads(dump.read_text())
    assert seen.pop("CCGLM_RUN_ID") == proxy.record.run_id
    seen.pop("LC_CTYPE", None)  # set by Python itself under the C locale
    seen.pop("COVERAGE_PROCESS_CONFIG", None)
    assert seen == launch.environment


def test_it_tells_what_is_going_on(tmp_path: Path) -> None:
    told: list[str] = []
    start_proxy(
        a_launch(tmp_path, behaviour="warm=0.3"), stop=StopRequest(), tell=told.append
    ).stop()
    assert told[0] == "starting LiteLLM"
    assert told[-1].startswith("warming up")


def test_workers_are_passed_on(tmp_path: Path) -> None:
    launch = replace(a_launch(tmp_path), workers=3)
    proxy = start_proxy(launch, stop=StopRequest())
    proxy.stop()
    assert "'--workers', '3'" in launch.log.read_text()


def test_a_crash_at_start_shows_the_last_lines_of_this_run(tmp_path: Path) -> None:
    launch = a_launch(tmp_path, behaviour="crash=3")
    launch.log.parent.mkdir()
    launch.log.write_text("a line of an earlier run\n")
    with pytest.raises(ProxyUnavailable, match=r"while it was starting \(exit code 3\)") as caught:
        start_proxy(launch, stop=StopRequest())
    assert caught.value.details[-1] == "RuntimeError: no luck, modèle inconnu"
    assert not any("earlier run" in line for line in caught.value.details)
    assert not launch.record_path.exists()


@pytest.mark.parametrize("behaviour", ["silent child", "wrong-id", "warm=600", "silent stubborn"])
def test_a_child_that_does_not_become_ready_in_time_is_stopped(
    behaviour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccglm.proxy.start.STOP_GRACE_S", 0.5)
    launch = a_launch(tmp_path, behaviour=behaviour, timeout_s=1.5)
    groups: list[int] = []
    with pytest.raises(ProxyUnavailable, match="did not become ready within"):
        start_proxy(launch, stop=StopRequest(), tell=lambda _: groups.extend(groups_of(launch)))
    assert groups
    assert live_members(groups[-1]) == []
    assert not launch.record_path.exists()


def test_a_request_to_stop_leaves_nothing(tmp_path: Path) -> None:
    launch = a_launch(tmp_path, behaviour="warm=600")
    stop = StopRequest()
    groups: list[int] = []

    def tell(text: str) -> None:
        if text.startswith("warming"):
            groups.extend(groups_of(launch))
            stop.note(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        start_proxy(launch, stop=stop, tell=tell)
    assert groups
    assert live_members(groups[0]) == []
    assert not launch.record_path.exists()


def test_a_state_folder_that_takes_no_record_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    launch = replace(a_launch(tmp_path), record_path=tmp_path / "file" / "run.json")
    before = threading.active_count()
    with pytest.raises(PrerequisiteError, match="cannot write"):
        start_proxy(launch, stop=StopRequest())
    assert threading.active_count() == before
    assert (
        is_answering(replace(a_record(), port=launch.record.port, run_id=launch.record.run_id))
        is None
    )


def test_a_child_that_is_killed_is_noticed(running: RunningProxy) -> None:
    signal_group(running.record.pid)
    while running.exit_code() is None:
        threading.Event().wait(0.01)
    assert running.exit_code() == -signal.SIGKILL
    assert running.log_tail()[0].startswith("stand-in:")


def signal_group(group: int) -> None:
    import os

    os.killpg(group, signal.SIGKILL)
