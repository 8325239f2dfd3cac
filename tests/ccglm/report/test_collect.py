"""What the sections hold, before they are cleaned."""

from __future__ import annotations

import pytest

from ccglm.doctor.model import Check, CheckResult, Report, State
from ccglm.report.collect import collect
from tests.helpers.patients import Patient, a_program, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def sections(patient: Patient, report: Report | None = None) -> dict[str, list[str]]:
    found = collect(patient.subject(), report or Report(()))
    return {section.title: list(section.lines) for section in found}


def test_the_parts_are_in_order(patient: Patient) -> None:
    assert list(sections(patient)) == [
        "Versions",
        "ccglm doctor: nothing wrong",
        "Proxy",
        "Settings",
        "Variables",
        "Claude Code's settings",
        "Last failures and fallbacks",
        "Log, warnings and errors",
    ]


def test_a_check_without_an_answer_is_told(patient: Patient) -> None:
    check = Check("seam", "", lambda _: ())
    crashed = CheckResult(check, State.CRASHED, 0.1, reason="KeyError: 'x' (a.py:1)")
    lines = sections(patient, Report((crashed,)))["ccglm doctor: 1 error"]
    assert lines == ["crashed  [seam]  KeyError: 'x' (a.py:1)"]


def test_the_proxy_is_described(patient: Patient) -> None:
    (line,) = sections(patient)["Proxy"]
    assert line.startswith(f"{patient.record.address}, warm, version ")
    patient.set_record(simulator_pid=patient.record.pid, run_id="another")
    patient.stop_proxy()
    assert sections(patient)["Proxy"] == ["does not run"]


def test_a_demo_is_told_to_be_one(patient: Patient) -> None:
    patient.set_record(simulator_pid=patient.record.pid)
    assert sections(patient)["Proxy"][1] == "with simulated providers"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("ANTHROPIC_MODEL", "main", "=main"),
        ("ANTHROPIC_AUTH_TOKEN", "abcdefgh", " is a text of 8"),
        ("ANTHROPIC_AUTH_TOKEN", "12345678", " is a text of 8"),
        ("CLAUDE_CODE_ATTRIBUTION_HEADER", "0", "=0"),
        ("ANTHROPIC_API_KEY", "", " is empty"),
        ("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "32000", "=32000"),
        ("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "many", " is a text of 4"),
        ("no_proxy", "localhost", "=localhost"),
    ],
)
def test_variables_that_matter_are_shown_as_far_as_they_may_be(
    name: str, value: str, shown: str, patient: Patient
) -> None:
    patient.environment[name] = value
    assert f"environment: {name}{shown}" in sections(patient)["Variables"]


def test_nobodys_business_is_not_shown(patient: Patient) -> None:
    patient.environment |= {"BANK_ACCOUNT": "1", "HOME_ADDRESS": "x"}
    shown = " ".join(sections(patient)["Variables"])
    assert "BANK_ACCOUNT" not in shown
    assert "HOME_ADDRESS" not in shown


def test_long_lines_of_the_log_are_cut(patient: Patient) -> None:
    patient.paths.logs.mkdir()
    (patient.paths.logs / "proxy.log").write_text("ERROR: " + "x" * 5_000 + "\n")
    (line,) = sections(patient)["Log, warnings and errors"]
    assert (len(line), line[-1]) == (400, "…")


def test_a_log_of_settings_that_cannot_be_read_is_left_out(patient: Patient) -> None:
    patient.paths.settings.write_text("[\n")
    assert "left out" in sections(patient)["Log, warnings and errors"][0]


def test_a_python_that_does_not_answer_is_told(patient: Patient) -> None:
    patient.machine = type(patient.machine)(python=a_program(patient.folder / "python", "exit 1"))
    assert "LiteLLM: the installed packages cannot be looked at" in sections(patient)["Versions"]
