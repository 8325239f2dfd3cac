"""Variables of Claude Code that are fine, beside the planted faults."""

from __future__ import annotations

import pytest

from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def said(patient: Patient, check: str) -> list[str]:
    return [finding.what for _, finding in patient.examine(check).findings]


def test_a_key_without_a_token_does_not_compete(patient: Patient) -> None:
    patient.set_client(env={"ANTHROPIC_AUTH_TOKEN": None, "ANTHROPIC_API_KEY": "sk-ant-0123456"})
    assert said(patient, "claude-conflicts") == []


@pytest.mark.parametrize("value", ["", "0"])
def test_a_switch_that_is_off_is_fine(value: str, patient: Patient) -> None:
    patient.set_client(env={"CLAUDE_CODE_USE_VERTEX": value, "DISABLE_COMPACT": value})
    assert said(patient, "claude-conflicts") == []
    assert said(patient, "claude-window") == []


def test_foreign_variables_may_be_replaced(patient: Patient) -> None:
    patient.set_client(env={"EDITOR": "vi"})
    patient.environment["EDITOR"] = "nano"
    assert said(patient, "claude-conflicts") == []


def test_a_model_in_the_settings_is_a_model(patient: Patient) -> None:
    patient.set_client(model="main", env={"ANTHROPIC_MODEL": None})
    assert said(patient, "claude-models") == []
    patient.set_client(model="opus[1m]")
    assert said(patient, "claude-models")[0].startswith("`model` in ")


def test_a_smaller_window_is_the_users_choice(patient: Patient) -> None:
    patient.set_client(
        env={"CLAUDE_CODE_MAX_CONTEXT_TOKENS": "60000", "CLAUDE_CODE_AUTO_COMPACT_WINDOW": "100000"}
    )
    assert said(patient, "claude-window") == []


@pytest.mark.parametrize("value", ["lots", "-1", "1e6", "200000"])
def test_a_window_that_is_none_is_found(value: str, patient: Patient) -> None:
    patient.set_client(env={"CLAUDE_CODE_MAX_CONTEXT_TOKENS": value})
    assert "the chain takes 131,072 tokens" in said(patient, "claude-window")[0]


def test_compacting_too_late_is_found(patient: Patient) -> None:
    patient.set_client(env={"CLAUDE_CODE_AUTO_COMPACT_WINDOW": "500000"})
    assert said(patient, "claude-window")[0].startswith("`CLAUDE_CODE_AUTO_COMPACT_WINDOW` in")


def test_another_gateway_is_not_judged(patient: Patient) -> None:
    patient.set_client(env={"ANTHROPIC_BASE_URL": "https://gateway.example"})
    (result,) = patient.examine("claude-window").results
    assert result.reason == "Claude Code talks to another address"


def test_a_removal_names_the_place(patient: Patient) -> None:
    patient.environment["CLAUDE_CODE_OAUTH_TOKEN"] = "sk-ant-oat-0123456789"
    patient.set_client(env={"CLAUDE_CODE_OAUTH_TOKEN": None})
    ((_, finding),) = patient.examine("claude-conflicts").findings
    assert finding.remedy.commands == ("unset CLAUDE_CODE_OAUTH_TOKEN",)
