"""`ccglm logs` shows the last lines at a level and goes on where it stopped."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.errors import ProxyUnavailable
from ccglm.paths import Paths
from ccglm.proxy.log_view import follow_log, recent_log
from ccglm.proxy.run_record import write_run_record
from tests.helpers.launches import a_record


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(settings=tmp_path / "ccglm.yaml", state=tmp_path)
    paths.logs.mkdir()
    paths.proxy_log.write_text("INFO: one\nERROR: two\n  detail\nINFO: three\nINFO: fo")
    return paths


def test_the_last_lines_are_shown(paths: Paths) -> None:
    assert recent_log(paths, 2, "debug").lines == ["INFO: three", "INFO: fo"]
    assert recent_log(paths, 0, "debug").lines == []


def test_the_level_is_looked_for_further_back(paths: Paths) -> None:
    assert recent_log(paths, 2, "error").lines == ["ERROR: two", "  detail"]


def test_following_goes_on_with_the_line_that_had_no_end(paths: Paths) -> None:
    recent = recent_log(paths, 1, "debug", whole=True)
    assert recent.lines == ["INFO: three"]
    waits = iter([False, True])

    def wait(_seconds: float) -> bool:
        with paths.proxy_log.open("a") as file:
            file.write("ur\nDEBUG: five\n")
        return next(waits)

    assert list(follow_log(recent, "info", wait)) == ["INFO: four"]


def test_no_log_says_how_to_start(paths: Paths) -> None:
    with pytest.raises(ProxyUnavailable, match="never started"):
        recent_log(replace(paths, state=paths.state / "other"), 5, "debug")


def test_the_log_of_the_running_proxy_wins(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "demo.log").write_text("of the demo\n")
    write_run_record(paths.run_record, a_record(log_path=str(tmp_path / "demo.log")))
    assert recent_log(paths, 5, "debug").lines == ["of the demo"]
