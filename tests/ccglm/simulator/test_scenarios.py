import pytest
from pydantic import ValidationError

from ccglm.simulator.scenarios import ScenarioOrder
from tests.helpers.provider_calls import CEREBRAS, ZAI_OPENAI, a_world, arm, ask


def test_it_can_wait_for_a_few_requests_and_strike_a_few_times() -> None:
    world = a_world()
    arm(world, "CB-07", after=2, times=2)
    assert [ask(world).status for _ in range(5)] == [200, 200, 429, 429, 200]
    assert world.scenarios.names() == []


def test_zero_times_is_without_end() -> None:
    world = a_world()
    arm(world, "CB-07", times=0)
    assert {ask(world).status for _ in range(30)} == {429}
    world.scenarios.clear()
    assert ask(world).status == 200


def test_it_can_last_for_a_time() -> None:
    world = a_world()
    arm(world, "CB-07", times=0, seconds=5)
    assert ask(world).status == 429
    world.clock.advance(6)
    assert ask(world).status == 200


def test_it_strikes_only_requests_that_fit() -> None:
    world = a_world()
    arm(world, "CB-07", match={"contains": "unlucky"})
    assert ask(world, text="hello").status == 200
    assert ask(world, text="the unlucky one").status == 429


def test_a_general_scenario_strikes_the_provider_it_is_told_to() -> None:
    world = a_world()
    arm(world, "status", match={"provider": "zai"})
    assert ask(world, CEREBRAS).status == 200
    assert ask(world, ZAI_OPENAI).status == 500


def test_several_are_taken_in_the_order_in_which_they_were_armed() -> None:
    world = a_world()
    arm(world, "CB-10", times=1)
    arm(world, "CB-07")
    assert [ask(world).status for _ in range(3)] == [402, 429, 200]


def test_unknown_names_parameters_and_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="no scenario 'XX-01'"):
        arm(a_world(), "XX-01")
    with pytest.raises(ValueError, match="does not take"):
        arm(a_world(), "CB-09", params={"size": 1})
    with pytest.raises(ValidationError):
        ScenarioOrder.model_validate({"name": "CB-07", "count": 3})
