"""Checks run side by side, within their time, and none brings another down."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccglm.doctor.model import (
    Check,
    Examined,
    Fact,
    Finding,
    NotApplicable,
    Remedy,
    Severity,
    State,
)
from ccglm.doctor.runner import examine, run_checks
from ccglm.doctor.subject import Subject
from ccglm.errors import PrerequisiteError
from litellm_config.problems import Problem
from tests.helpers.homes import CEREBRAS_KEY
from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def fine(_: Subject) -> Examined:
    return [Fact("all is well")]


def bad(_: Subject) -> Iterator[Finding | Fact]:
    yield Finding("it is slow", "you wait", Remedy("wait"), Severity.WARNING)
    yield Finding("it is broken", "nothing works", Remedy("repair it"))


def test_each_check_has_its_result_in_order(patient: Patient) -> None:
    report = run_checks([Check("a", "", fine), Check("b", "", bad)], patient.subject())
    assert [(r.check.name, r.state, r.facts) for r in report.results] == [
        ("a", State.OK, ("all is well",)),
        ("b", State.FAILED, ()),
    ]


def test_no_checks_are_no_findings(patient: Patient) -> None:
    assert run_checks([], patient.subject()).healthy


def test_they_run_at_the_same_time(patient: Patient) -> None:
    everybody = threading.Barrier(5)

    def meet(_: Subject) -> Examined:
        everybody.wait(timeout=10)  # breaks unless all five are there at once
        return []

    report = run_checks([Check(f"c{n}", "", meet) for n in range(5)], patient.subject())
    assert {r.state for r in report.results} == {State.OK}


def test_a_check_that_hangs_is_a_result_and_keeps_nobody_waiting(patient: Patient) -> None:
    release = threading.Event()

    def hang(_: Subject) -> Examined:
        release.wait(timeout=60)
        return []

    began = time.monotonic()
    report = run_checks(
        [Check("hangs", "", hang, timeout_s=0.2), Check("b", "", fine)], patient.subject()
    )
    assert time.monotonic() - began < 20
    release.set()
    assert [r.state for r in report.results] == [State.TIMED_OUT, State.OK]
    assert report.results[0].reason == "no answer within 0.2 s"
    assert not report.healthy


def test_people_are_told_what_is_slow(patient: Patient) -> None:
    told: list[str] = []
    release = threading.Event()

    def slow(_: Subject) -> Examined:
        assert release.wait(timeout=60)
        return []

    def tell(text: str) -> None:
        told.append(text)
        release.set()

    report = run_checks([Check("slow", "", slow)], patient.subject(), tell=tell, slow_after_s=0.05)
    assert told == ["still waiting for slow"]
    assert report.results[0].state == State.OK


def test_a_crash_is_a_result_that_names_the_line_and_no_key(patient: Patient) -> None:
    def crash(_: Subject) -> Examined:
        raise KeyError(f"no {CEREBRAS_KEY}")

    result = examine(Check("crashes", "", crash), patient.subject())
    assert result.state == State.CRASHED
    assert "test_runner.py:" in result.reason
    assert CEREBRAS_KEY not in result.reason


def test_what_was_found_before_a_crash_is_kept(patient: Patient) -> None:
    def half(subject: Subject) -> Iterator[Finding | Fact]:
        yield from bad(subject)
        raise RuntimeError("boom")

    result = examine(Check("half", "", half), patient.subject())
    assert (result.state, len(result.findings)) == (State.CRASHED, 2)


def test_an_error_of_ours_is_a_finding(patient: Patient) -> None:
    def refuse(_: Subject) -> Examined:
        problem = Problem("ccglm.yaml", 3, "models", "is odd")
        raise PrerequisiteError("cannot read it", hint="allow it", problems=[problem])

    result = examine(Check("refuses", "", refuse), patient.subject())
    (finding,) = result.findings
    assert (result.state, finding.what, finding.why, finding.remedy.advice) == (
        State.FAILED,
        "cannot read it",
        "ccglm.yaml:3  models  is odd",
        "allow it",
    )


def test_a_check_with_nothing_to_look_at_says_why(patient: Patient) -> None:
    def skip(_: Subject) -> Examined:
        raise NotApplicable("there is no proxy")

    result = examine(Check("skips", "", skip), patient.subject())
    assert (result.state, result.reason) == (State.SKIPPED, "there is no proxy")


@pytest.mark.parametrize("part", ["what", "why", "fact"])
def test_no_key_gets_out(part: str, patient: Patient) -> None:
    said = f"the provider said {CEREBRAS_KEY}"

    def repeat(_: Subject) -> Examined:
        if part == "fact":
            return [Fact(said)]
        texts = {"what": "it", "why": "so", part: said}
        return [Finding(texts["what"], texts["why"], Remedy("do"))]

    result = examine(Check("repeats", "", repeat), patient.subject())
    shown = [*result.facts, *(f.what + f.why for f in result.findings)]
    assert shown
    assert CEREBRAS_KEY not in " ".join(shown)


def test_a_crash_that_cannot_even_be_told_is_a_result(patient: Patient, tmp_path: Path) -> None:
    subject = patient.subject()
    # Nothing can be cleaned of keys that cannot be looked up.
    subject.environment = None  # pyright: ignore[reportAttributeAccessIssue]
    report = run_checks([Check("a", "", fine)], subject)
    assert report.results[0].state == State.CRASHED
