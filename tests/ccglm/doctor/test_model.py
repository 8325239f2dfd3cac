"""What a report amounts to."""

from __future__ import annotations

import pytest

from ccglm.doctor.model import Check, CheckResult, Finding, Remedy, Report, Severity, State

ERROR = Finding("it is broken", "nothing works", Remedy("repair it"))
WARNING = Finding("it is slow", "it takes longer", Remedy("wait"), Severity.WARNING)


def result(state: State, *findings: Finding, name: str = "a") -> CheckResult:
    return CheckResult(Check(name, "is it", lambda _: ()), state, 0.1, findings)


@pytest.mark.parametrize(
    ("state", "healthy"),
    [
        (State.OK, True),
        (State.WARNING, True),
        (State.SKIPPED, True),
        (State.FAILED, False),
        (State.TIMED_OUT, False),
        (State.CRASHED, False),
    ],
)
def test_warnings_and_skipped_checks_are_healthy(state: State, healthy: bool) -> None:
    assert Report((result(State.OK), result(state))).healthy is healthy


def test_errors_come_first_in_the_order_of_the_checks() -> None:
    report = Report((
        result(State.WARNING, WARNING, name="a"),
        result(State.FAILED, WARNING, ERROR, name="b"),
        result(State.FAILED, ERROR, name="c"),
    ))  # fmt: skip
    found = [(check.name, finding.severity.value) for check, finding in report.findings]
    assert found == [("b", "error"), ("c", "error"), ("a", "warning"), ("b", "warning")]


def test_a_check_without_an_answer_counts_as_an_error() -> None:
    report = Report((result(State.TIMED_OUT), result(State.CRASHED), result(State.FAILED, ERROR)))
    assert (report.count(Severity.ERROR), report.count(Severity.WARNING)) == (3, 0)
