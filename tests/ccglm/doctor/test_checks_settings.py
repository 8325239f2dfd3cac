"""Settings and what was generated from them, beside the planted faults."""

from __future__ import annotations

from dataclasses import replace

from ccglm.files import read_text
from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def commands(patient: Patient, check: str) -> dict[str, tuple[str, ...]]:
    found = patient.examine(check).findings
    return {
        finding.what.partition(":")[0].strip("`"): finding.remedy.commands for _, finding in found
    }


def test_each_problem_has_the_command_that_helps(patient: Patient) -> None:
    patient.set_secret("CCGLM_MASTER_KEY", "sk-1234")
    patient.set_secret("ZAI_API_KEY", "")
    with patient.paths.settings.open("a") as file:
        file.write("prot: 4000\n")
    assert commands(patient, "settings") == {
        "prot": ("ccglm validate",),
        "providers.zai.keys[0]": ("ccglm init",),
        "CCGLM_MASTER_KEY": ("ccglm init",),
    }


def test_problems_have_their_line(patient: Patient) -> None:
    patient.paths.settings.write_text("models: [\n")
    (result,) = patient.examine("settings").results
    assert result.findings[0].place.startswith(f"{patient.paths.settings}:")


def test_a_demo_needs_no_settings(patient: Patient) -> None:
    patient.paths.settings.unlink()
    patient.set_record(simulator_pid=patient.record.pid)
    (result,) = patient.examine("settings").results
    assert (result.state, "demo" in result.reason) == ("skipped", True)


def test_a_demos_generated_files_are_not_compared(patient: Patient) -> None:
    patient.set_settings(temperature={"cap": 0.5})
    patient.set_record(simulator_pid=patient.record.pid)
    assert commands(patient, "generated") == {}


def test_changed_settings_do_not_matter_before_the_next_start(patient: Patient) -> None:
    patient.set_settings(temperature={"cap": 0.5})
    patient.stop_proxy()
    assert commands(patient, "generated") == {}


def test_broken_settings_leave_nothing_to_compare(patient: Patient) -> None:
    patient.paths.settings.write_text("models: [\n")
    (result,) = patient.examine("generated").results
    assert (result.state, result.reason) == ("skipped", "there are no settings that can be used")


def test_nothing_generated_is_nothing_to_look_at(patient: Patient) -> None:
    patient.paths.proxy_config.unlink()
    (result,) = patient.examine("generated").results
    assert (result.state, result.reason) == ("skipped", "nothing was generated yet")


def test_an_edited_config_is_repaired_only_while_no_proxy_runs(patient: Patient) -> None:
    with patient.paths.proxy_config.open("a") as file:
        file.write("# mine\n")
    assert patient.examine("generated").findings[0][1].remedy.fix is None
    patient.stop_proxy()
    fix = patient.examine("generated").findings[0][1].remedy.fix
    assert fix is not None
    assert "litellm.yaml.bak" in fix()
    assert "# mine" not in (read_text(patient.paths.proxy_config) or "")
    assert patient.examine("generated").findings == []


def test_an_edited_config_of_broken_settings_cannot_be_repaired(patient: Patient) -> None:
    with patient.paths.proxy_config.open("a") as file:
        file.write("# mine\n")
    patient.stop_proxy()
    patient.paths.settings.write_text("models: [\n")
    assert patient.examine("generated").findings[0][1].remedy.fix is None


def test_the_proxys_own_settings_are_compared(patient: Patient) -> None:
    other = replace(patient.record, settings_path=str(patient.home / "none.yaml"))
    patient.set_record(settings_path=other.settings_path)
    (result,) = patient.examine("generated").results
    assert result.state == "skipped"
