from ccglm.simulator.catalogue import SCENARIOS


def test_all_forty_two_faults_are_there_by_name() -> None:
    expected = {f"CB-{n:02}" for n in range(1, 26)} | {f"ZA-{n:02}" for n in range(1, 18)}
    assert {name for name in SCENARIOS if name[:3] in ("CB-", "ZA-")} == expected
    assert len(expected) == 42


def test_every_scenario_can_be_built_with_its_defaults_and_is_described() -> None:
    for name, scenario in SCENARIOS.items():
        assert scenario.summary, name
        assert scenario.build({}) is not None, name


def test_faults_of_a_provider_say_so() -> None:
    assert SCENARIOS["CB-04"].provider == "cerebras"
    assert SCENARIOS["ZA-01"].provider == "zai"
    assert SCENARIOS["cut"].provider is None
