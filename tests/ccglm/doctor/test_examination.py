"""Which checks run, what is repaired, and what it amounts to."""

from __future__ import annotations

import pytest

from ccglm.doctor.checks import CHECKS
from ccglm.doctor.examination import Examination, diagnose, verdict
from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def names(patient: Patient, *only: str, online: bool = False) -> list[str]:
    examination = Examination(patient.working_folder, only=only, online=online)
    return [check.name for check in examination.chosen()]


def test_all_checks_run_but_those_that_ask_a_provider(patient: Patient) -> None:
    assert names(patient) == [check.name for check in CHECKS if not check.online]
    assert names(patient, online=True) == [check.name for check in CHECKS]
    assert Examination(patient.working_folder).not_asked == 6
    assert Examination(patient.working_folder, online=True).not_asked == 0


def test_named_checks_run_in_their_order(patient: Patient) -> None:
    assert names(patient, "files", "python", "files") == ["python", "files"]
    assert Examination(patient.working_folder, only=["files"]).not_asked == 0


def test_a_name_nobody_has_is_refused_with_the_closest(patient: Patient) -> None:
    with pytest.raises(ValueError, match="no check `pyton`, did you mean `python`"):
        names(patient, "pyton")


def test_a_check_that_asks_a_provider_must_be_wanted(patient: Patient) -> None:
    with pytest.raises(ValueError, match="`keys` asks the providers: add `--online`"):
        names(patient, "keys")
    assert names(patient, "keys", online=True) == ["keys"]


def test_without_fix_nothing_is_changed(patient: Patient) -> None:
    patient.paths.secrets.chmod(0o644)
    report = diagnose(patient.app(), Examination(patient.working_folder, only=["files"]))
    assert not report.healthy
    assert patient.paths.secrets.stat().st_mode & 0o777 == 0o644
    error = verdict(report)
    assert error is not None
    assert (error.message, error.hint) == (
        "found 1 error",
        "`ccglm doctor --fix` repairs 1 of them",
    )
    assert error.data["errors"] == 1


def test_fix_repairs_and_looks_again(patient: Patient) -> None:
    patient.paths.secrets.chmod(0o644)
    patient.paths.state.chmod(0o755)
    examination = Examination(patient.working_folder, only=["files"], fix=True)
    told: list[str] = []
    report = diagnose(patient.app(), examination, tell=told.append)
    assert (report.healthy, report.findings, len(report.fixed)) == (True, [], 2)
    assert told == ["repairing", "looking again"]
    assert verdict(report) is None
    assert diagnose(patient.app(), examination).fixed == ()


def test_what_cannot_be_repaired_stays_and_has_no_hint(patient: Patient) -> None:
    patient.paths.settings.write_text("models: [\n")
    examination = Examination(patient.working_folder, only=["settings"], fix=True)
    error = verdict(diagnose(patient.app(), examination))
    assert error is not None
    assert error.hint is None
