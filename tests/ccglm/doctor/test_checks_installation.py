"""The ranges in the check are those of the package; what is missing is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ccglm
from ccglm.doctor.checks_installation import (
    LITELLM_COMPROMISED,
    LITELLM_RANGE,
    PYTHON_RANGE,
    examine_litellm,
    examine_packages,
    examine_seam,
)
from ccglm.doctor.installation import Installation
from ccglm.doctor.model import Finding, NotApplicable
from ccglm.doctor.once import Once
from tests.helpers.patients import Patient, a_program, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]

ROOT = Path(ccglm.__file__).resolve().parents[1]


def dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def test_the_ranges_are_those_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    low, high = map(dotted, PYTHON_RANGE)
    assert f'requires-python = ">={low},<{high}"' in text
    (requirement,) = re.findall(r'"litellm\[proxy\](.*)"', text)
    low, high = map(dotted, LITELLM_RANGE)
    bad = ",".join(f"!={version}" for version in LITELLM_COMPROMISED)
    assert requirement == f">={low},<{high},{bad}"


def found(patient: Patient, folders: dict[str, str | None], version: str | None) -> list[Finding]:
    subject = patient.subject()
    subject.installation = Once(lambda: Installation(folders, version))
    seen = [*examine_packages(subject), *examine_litellm(subject)]
    return [finding for finding in seen if isinstance(finding, Finding)]


def ours() -> dict[str, str | None]:
    return {name: str(ROOT / name) for name in ("ccglm", "litellm_config", "callbacks", "litellm")}


def test_packages_that_are_missing_are_named(patient: Patient) -> None:
    findings = found(patient, {**ours(), "callbacks": None, "litellm": None}, "1.106.2")
    assert [finding.what for finding in findings] == [
        "the package `callbacks` is missing",
        "LiteLLM is not installed",
    ]


def test_without_litellm_its_version_is_not_looked_at(patient: Patient) -> None:
    with pytest.raises(NotApplicable):
        found(patient, ours(), None)


def test_a_python_that_does_not_answer_is_told_once(patient: Patient) -> None:
    patient.machine = type(patient.machine)(python=("/no/such/python",))
    report = patient.examine("packages", "litellm")
    assert [check.name for check, _ in report.findings] == ["packages"]


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("1.106.2", ""),
        ("1.106.10.post1", ""),
        ("1.106.1", "was never tried"),
        ("1.107.0", "was never tried"),
        ("1.82.7", "an attacker published"),
        ("1.82.8-nightly", "an attacker published"),
        ("1.82.70", "was never tried"),
        ("main", "was never tried"),
    ],
)
def test_versions_of_litellm(version: str, says: str, patient: Patient) -> None:
    findings = found(patient, ours(), version)
    assert [says in finding.what for finding in findings] == ([True] if says else [])


def test_what_litellm_refuses_of_the_config_is_a_warning(patient: Patient) -> None:
    answer = '{"seam": [], "config": ["litellm.yaml:3  x  no such setting"]}'
    python = a_program(patient.folder / "python", f"echo '{answer}'; echo \"$@\" > {patient.folder}/asked")  # fmt: skip
    subject = patient.subject()
    subject.machine = type(subject.machine)(python=python)
    (finding,) = examine_seam(subject)
    assert isinstance(finding, Finding)
    assert (finding.what, finding.severity.value) == ("litellm.yaml:3  x  no such setting", "warning")  # fmt: skip
    asked = (patient.folder / "asked").read_text().split()
    assert asked[-2:] == ["seam", str(patient.paths.proxy_config)]
