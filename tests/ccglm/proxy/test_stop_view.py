"""What `down` did is said in one line."""

import pytest

from ccglm.proxy.stop import Outcome, Stopped
from ccglm.proxy.stop_view import stop_view
from tests.helpers.launches import a_record


@pytest.mark.parametrize(
    ("stopped", "line"),
    [
        (Stopped(Outcome.ALREADY_DOWN, None), "already down"),
        (Stopped(Outcome.ALREADY_DOWN, a_record()), "already down"),
        (Stopped(Outcome.STOPPED, a_record()), "stopped the proxy on port 4000, process 4242"),
        (
            Stopped(Outcome.KILLED, a_record()),
            "stopped the proxy on port 4000, process 4242 (it did not end by itself)",
        ),
    ],
)
def test_the_outcome_is_told(stopped: Stopped, line: str) -> None:
    view = stop_view(stopped)
    assert view.blocks == [line]
    assert view.data["outcome"] == stopped.outcome.value
    assert view.data["pid"] == (stopped.record.pid if stopped.record else None)
