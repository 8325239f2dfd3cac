"""Every fault a case can ask for is one the simulator knows."""

from __future__ import annotations

import json

import pytest

from ccglm.simulator.catalogue import SCENARIOS
from ccglm.simulator.process import SimulatorProcess
from scripts.conformance.expect import CaseSkipped
from scripts.conformance.faults import ANY, CEREBRAS, ZAI, Fault, arm, provider_of
from scripts.conformance.registry import SURFACES
from scripts.conformance.upstream import Upstream
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]


@pytest.mark.parametrize("fault", [*CEREBRAS.values(), *ZAI.values(), *ANY.values()], ids=str)
def test_the_scenario_and_its_parameters_exist(fault: Fault) -> None:
    SCENARIOS[fault.scenario].build(fault.params)


def test_bodies_written_here_are_json() -> None:
    for fault in (CEREBRAS["bad_key"], ZAI["forbidden"], ZAI["server_error"]):
        assert json.loads(fault.params["body"])


async def test_a_fault_hits_the_first_provider_only(simulator: SimulatorProcess) -> None:
    async with Upstream(simulator.control, {}) as upstream:
        for surface in SURFACES:
            await upstream.reset()
            await arm(upstream, surface, "server_error", times=0, params={})
            match = {"provider": provider_of(surface)}
            await upstream.scenario("status", match=match)
            with pytest.raises(RuntimeError, match="no scenario"):
                await upstream.scenario("no such thing")


async def test_a_fault_the_provider_does_not_show_skips_the_case(
    simulator: SimulatorProcess,
) -> None:
    async with Upstream(simulator.control, {}) as upstream:
        with pytest.raises(CaseSkipped):
            await arm(upstream, "zai-openai", "error_event_early", times=1, params={})
