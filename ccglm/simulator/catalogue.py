"""All scenarios by name."""

from __future__ import annotations

from ccglm.simulator.scenario import Scenario, by_name
from ccglm.simulator.scenarios_cerebras import CEREBRAS_SCENARIOS
from ccglm.simulator.scenarios_general import GENERAL_SCENARIOS
from ccglm.simulator.scenarios_zai import ZAI_SCENARIOS

SCENARIOS: dict[str, Scenario] = by_name((*CEREBRAS_SCENARIOS, *ZAI_SCENARIOS, *GENERAL_SCENARIOS))
