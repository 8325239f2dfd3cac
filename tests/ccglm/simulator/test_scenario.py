import pytest

from ccglm.simulator.effects import Effect
from ccglm.simulator.scenario import Scenario, by_name


def slow(name: str) -> Scenario:
    return Scenario(
        name, "slow", lambda params: Effect(silence_s=params["s"]), params={"s": 1.0, "t": 2}
    )


def test_parameters_given_replace_the_defaults() -> None:
    assert slow("a").build({}).silence_s == 1
    assert slow("a").build({"s": 5}).silence_s == 5


def test_unknown_parameters_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"a does not take \['x'\]; it takes s, t"):
        slow("a").build({"x": 1})


def test_two_scenarios_of_one_name_are_a_mistake() -> None:
    assert list(by_name([slow("a"), slow("b")])) == ["a", "b"]
    with pytest.raises(ValueError, match="two scenarios named a"):
        by_name([slow("a"), slow("a")])
