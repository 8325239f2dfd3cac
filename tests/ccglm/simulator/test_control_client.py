"""Any running simulator takes orders over its control port."""

from __future__ import annotations

import pytest

from ccglm.simulator.control_client import SimulatorControl, SimulatorError
from ccglm.simulator.process import SimulatorProcess, start_simulator


@pytest.fixture(scope="module")
def child() -> object:
    with start_simulator() as simulator:
        yield simulator


def test_orders_reach_a_simulator_somebody_else_started(child: SimulatorProcess) -> None:
    control = SimulatorControl(child.control)
    assert control.knobs(cerebras_rpm=7)["cerebras_rpm"] == 7
    assert child.knobs()["cerebras_rpm"] == 7
    control.reset()
    assert child.knobs()["cerebras_rpm"] is None


def test_what_is_not_known_is_refused_in_words(child: SimulatorProcess) -> None:
    control = SimulatorControl(child.control)
    with pytest.raises(SimulatorError, match="no_such_knob"):
        control.knobs(no_such_knob=1)


def test_a_condition_that_never_comes_is_a_timeout(child: SimulatorProcess) -> None:
    with pytest.raises(TimeoutError, match="never met"):
        SimulatorControl(child.control).wait_for(lambda log: len(log) > 0, timeout_s=0.05)
