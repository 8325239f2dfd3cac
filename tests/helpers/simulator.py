"""The simulated providers as fixtures: one process a module, reset for every test.

Import the fixtures into a test module or a conftest: `from tests.helpers.simulator import
simulator, simulator_process`. A module that wants other knobs for all its tests defines its own
`simulator_knobs` fixture (module scope) that returns them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ccglm.simulator.process import SimulatorProcess, start_simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["simulator", "simulator_knobs", "simulator_process"]


@pytest.fixture(scope="module")
def simulator_knobs() -> dict[str, Any]:
    """Knobs the module's simulator starts with; `models` is the Cerebras model set."""
    return {"models": "legacy_glm", "zai_concurrency": 0}


@pytest.fixture(scope="module")
def simulator_process(simulator_knobs: dict[str, Any]) -> Iterator[SimulatorProcess]:
    """One simulator for the whole module."""
    with start_simulator(**simulator_knobs) as process:
        yield process


@pytest.fixture
def simulator(simulator_process: SimulatorProcess) -> SimulatorProcess:
    """A simulator that remembers nothing of the test before."""
    simulator_process.reset()
    return simulator_process
