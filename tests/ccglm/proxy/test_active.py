"""Commands that need a proxy find it, or say why there is none."""

import subprocess
import sys
from pathlib import Path

import pytest

from ccglm.errors import ProxyUnavailable
from ccglm.proxy.active import find_active, require_active
from ccglm.proxy.run_record import write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from tests.helpers.launches import a_launch, a_record


def test_the_running_proxy_is_found(tmp_path: Path) -> None:
    launch = a_launch(tmp_path)
    proxy = start_proxy(launch, stop=StopRequest())
    active = require_active(launch.record_path)
    assert find_active(launch.record_path) == active
    proxy.stop()
    assert active.record == proxy.record
    assert active.readiness is not None
    assert active.readiness.warm


def test_nothing_running_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(ProxyUnavailable, match=r"not running$") as caught:
        require_active(tmp_path / "run.json")
    assert "ccglm up" in str(caught.value.hint)
    assert caught.value.data == {"running": False}
    assert find_active(tmp_path / "run.json") is None


def test_one_that_ended_by_itself_is_told_apart(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_run_record(tmp_path / "run.json", a_record(pid=gone.pid))
    with pytest.raises(ProxyUnavailable, match="ended by itself") as caught:
        require_active(tmp_path / "run.json")
    assert "ccglm logs" in str(caught.value.hint)
