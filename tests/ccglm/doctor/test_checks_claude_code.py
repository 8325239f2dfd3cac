"""Where Claude Code's requests go, beside the planted faults."""

from __future__ import annotations

import pytest

from ccglm.doctor.checks_claude_code import is_ours
from ccglm.doctor.subject import Address
from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:4000", True),
        ("http://127.0.0.1:4000/", True),
        ("http://localhost:4000", True),
        ("http://[::1]:4000", True),
        ("http://127.0.0.1:4001", False),
        ("https://127.0.0.1:4000", False),
        ("http://127.0.0.1:x", False),
        ("http://example:4000", False),
        ("", False),
    ],
)
def test_an_address_is_ours_however_this_machine_is_called(url: str, ours: bool) -> None:
    assert is_ours(url, Address("127.0.0.1", 4000)) is ours
    assert is_ours(url, Address("0.0.0.0", 4000)) is ours


def test_a_client_that_was_told_nothing_is_nothing_to_look_at(patient: Patient) -> None:
    patient.drop_client_settings()
    results = patient.examine(
        "claude-address", "claude-conflicts", "claude-models", "claude-window"
    ).results
    assert {result.state for result in results} == {"skipped"}


def test_a_client_of_zai_itself_is_fine(patient: Patient) -> None:
    root = patient.environment["ZAI_API_BASE"]
    patient.set_client(env={"ANTHROPIC_BASE_URL": f"{root}/api/anthropic"})
    results = patient.examine("claude-address", "claude-models", "claude-window").results
    assert [(result.state, result.findings) for result in results] == [
        ("ok", ()),
        ("skipped", ()),
        ("skipped", ()),
    ]


def test_the_shell_counts_where_no_file_says_anything(patient: Patient) -> None:
    patient.drop_client_settings()
    patient.environment |= {
        "ANTHROPIC_BASE_URL": patient.record.address,
        "ANTHROPIC_AUTH_TOKEN": "wrong-token",
    }
    ((_, finding),) = patient.examine("claude-address").findings
    assert "given by the shell is not the proxy's" in finding.what
    assert "wrong-token" not in repr(finding)


def test_settings_files_are_listed(patient: Patient) -> None:
    (result,) = patient.examine("claude-files").results
    assert result.facts == (f"reads {patient.client_settings}",)


def test_open_settings_are_closed_by_the_repair(patient: Patient) -> None:
    patient.client_settings.chmod(0o666)
    ((_, finding),) = patient.examine("claude-files").findings
    assert finding.remedy.fix is not None
    finding.remedy.fix()
    assert patient.examine("claude-files").findings == []
