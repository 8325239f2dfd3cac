"""A proxy in the foreground ends for one of four reasons, and each is told apart."""

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.errors import ProxyUnavailable
from ccglm.proxy.foreground import Ending, stay
from ccglm.proxy.run_record import write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import RunningProxy, start_proxy
from ccglm.proxy.stop import stop_proxy
from tests.helpers.launches import a_launch


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningProxy]:
    proxy = start_proxy(a_launch(tmp_path), stop=StopRequest())
    yield proxy
    proxy.stop()


@pytest.fixture
def record_path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "run.json"


@pytest.mark.parametrize(
    ("number", "ending"), [(signal.SIGINT, Ending.CTRL_C), (signal.SIGTERM, Ending.ASKED)]
)
def test_a_signal_ends_it(
    number: signal.Signals, ending: Ending, running: RunningProxy, record_path: Path
) -> None:
    stop = StopRequest()
    stop.note(number)
    assert stay(running, record_path, stop) is ending
    assert running.exit_code() is None


def test_down_from_another_terminal_is_no_crash(running: RunningProxy, record_path: Path) -> None:
    other = threading.Thread(target=stop_proxy, args=(record_path,))
    other.start()
    assert stay(running, record_path, StopRequest()) is Ending.DOWN
    other.join()


def test_down_is_believed_while_it_is_at_work(running: RunningProxy, record_path: Path) -> None:
    write_run_record(record_path, replace(running.record, stopping=True))
    os.killpg(running.record.pid, signal.SIGKILL)
    assert stay(running, record_path, StopRequest()) is Ending.DOWN


def test_a_killed_child_is_reported_with_its_last_lines(
    running: RunningProxy, record_path: Path
) -> None:
    os.killpg(running.record.pid, signal.SIGKILL)
    with pytest.raises(
        ProxyUnavailable, match=r"ended unexpectedly \(killed by SIGKILL\)"
    ) as caught:
        stay(running, record_path, StopRequest())
    assert caught.value.details[0].startswith("stand-in:")
    assert "ccglm up" in str(caught.value.hint)
