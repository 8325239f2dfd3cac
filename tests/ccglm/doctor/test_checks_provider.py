"""What the providers say, beside the planted faults; the simulator plays them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccglm.proxy.start import RunningProxy
from ccglm.simulator.process import SimulatorProcess
from tests.helpers.homes import CEREBRAS_KEY, ZAI_KEY
from tests.helpers.patients import NOBODY, Patient, a_patient, shared_proxy
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["shared_proxy", "simulator", "simulator_knobs", "simulator_process"]

ONLINE = ("reach", "keys", "models", "balance", "quota", "clock")


@pytest.fixture
def patient(tmp_path: Path, shared_proxy: RunningProxy, simulator: SimulatorProcess) -> Patient:
    return a_patient(tmp_path, shared_proxy.record, (simulator.cerebras_base, simulator.zai_base))


def said(patient: Patient, *checks: str) -> list[tuple[str, str]]:
    found = patient.examine(*(checks or ONLINE), online=True).findings
    return [(check.name, finding.what) for check, finding in found]


def test_all_checks_together_ask_each_key_once(
    patient: Patient, simulator: SimulatorProcess
) -> None:
    assert said(patient) == []
    asked = sorted((r.method, r.provider) for r in simulator.log())
    assert asked == [("GET", "cerebras"), ("GET", "zai"), ("POST", "cerebras"), ("POST", "zai")]


def test_providers_that_cannot_be_reached_are_told_once(patient: Patient) -> None:
    patient.environment |= dict(zip(("CEREBRAS_API_BASE", "ZAI_API_BASE"), NOBODY, strict=True))
    report = patient.examine(*ONLINE, online=True)
    assert [check.name for check, _ in report.findings] == ["reach", "reach"]
    skipped = {r.check.name: r.reason for r in report.results if r.state == "skipped"}
    assert skipped == {
        "models": "no provider gave a list of models",
        "balance": "no provider could be asked",
        "quota": "no provider could be asked",
        "clock": "no provider said what time it is",
    }


def test_a_key_refused_twice_is_told_once(patient: Patient, simulator: SimulatorProcess) -> None:
    simulator.knobs(keys={ZAI_KEY: "revoked", CEREBRAS_KEY: "forbidden"})
    assert said(patient) == [
        ("keys", "cerebras refuses the key in `CEREBRAS_API_KEY`"),
        ("keys", "zai refuses the key in `ZAI_API_KEY`"),
    ]


def test_a_model_that_is_listed_but_not_served(
    patient: Patient, simulator: SimulatorProcess
) -> None:
    simulator.scenario("ZA-16")
    ((check, what),) = said(patient)
    assert check == "models"
    assert "zai does not serve `glm-4.7` with the key in `ZAI_API_KEY`: Unknown Model" in what


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ("ZA-01", "is refused just now: Rate limit reached"),
        ("ZA-02", "is refused just now: The service may be temporarily overloaded"),
        ("ZA-14", "got the answer 400"),
    ],
)
def test_what_passes_is_a_warning(
    scenario: str, says: str, patient: Patient, simulator: SimulatorProcess
) -> None:
    simulator.scenario(scenario)
    report = patient.examine(*ONLINE, online=True)
    ((check, finding),) = report.findings
    assert (check.name, finding.severity.value) == ("quota", "warning")
    assert says in finding.what


def test_a_plan_without_the_model_is_an_error(
    patient: Patient, simulator: SimulatorProcess
) -> None:
    simulator.scenario("ZA-04", params={"code": "1311"})
    report = patient.examine(*ONLINE, online=True)
    assert not report.healthy
    assert report.findings[0][0].name == "quota"


@pytest.mark.parametrize(("off_s", "says"), [(-7_230.0, "2 h behind"), (50.0, "")])
def test_the_clock_is_compared_with_the_providers(
    off_s: float, says: str, patient: Patient
) -> None:
    patient.clock_off_s = off_s
    found = said(patient, "clock")
    assert [says in what for _, what in found] == ([True] if says else [])


def test_a_proxy_on_the_way_is_what_must_be_reached(patient: Patient) -> None:
    patient.environment |= {"HTTP_PROXY": "http://127.0.0.1:1"}
    found = said(patient, "reach")
    assert len(found) == 2
    assert all("the proxy in your environment" in what for _, what in found)
