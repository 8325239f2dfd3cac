"""The weather orders what the simulator takes, spares what must last, and clears up."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ccglm.simulator.process import SimulatorProcess, start_simulator
from scripts.chaos.weather import CALM, FAULTS, Fault, Weather

KEYS = {"cerebras": ("c1", "c2"), "zai": ("z1", "z2")}


@pytest.fixture(scope="module")
def providers() -> Iterator[SimulatorProcess]:
    with start_simulator(models="legacy_glm") as simulator:
        yield simulator


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_simulator_knows_every_fault(providers: SimulatorProcess, fault: Fault) -> None:
    providers.reset()
    for seed in range(5):
        providers.scenario(fault.name, params=fault.params(random.Random(seed)), times=1)


async def test_it_blows_for_its_time_and_leaves_a_fine_day(providers: SimulatorProcess) -> None:
    providers.reset()
    weather = Weather(providers, random.Random(3), KEYS, every_s=0.02)
    await weather.blow(1.0)
    assert weather.happened.total() > 20
    assert {"quota", "key taken", "odd form"} < set(weather.happened)
    knobs = providers.knobs()
    assert {name: knobs[name] for name in CALM} == CALM


async def test_only_the_last_key_of_a_provider_is_taken(providers: SimulatorProcess) -> None:
    providers.reset()
    weather = Weather(providers, random.Random(4), {"cerebras": ("c1", "c2"), "zai": ("z1",)})
    taken: set[str] = set()
    for _ in range(30):
        weather._key(0.0)
        taken |= set(providers.knobs()["keys"])
    assert taken == {"c2"}
