"""The parts of a set-up that several checks share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.doctor.model import NotApplicable
from ccglm.doctor.subject import Address
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY
from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def test_a_wildcard_is_reached_on_this_machine() -> None:
    assert Address("0.0.0.0", 4000).url == "http://127.0.0.1:4000"


def test_the_address_is_the_running_proxys_else_that_of_the_settings(patient: Patient) -> None:
    patient.set_record(port=patient.record.port)
    assert patient.subject().address() == Address("127.0.0.1", patient.record.port)
    patient.stop_proxy()
    patient.set_settings(server={"port": 4711})
    subject = patient.subject()
    assert subject.address() == Address("127.0.0.1", 4711)
    with pytest.raises(NotApplicable, match="the proxy does not run"):
        subject.running()


def test_hooks_are_those_the_running_proxy_was_told(patient: Patient) -> None:
    patient.set_settings(models={"main": ["zai/glm-4.7"]})
    assert "fast" in patient.subject().hooks().chains
    patient.stop_proxy()
    assert set(patient.subject().hooks().chains) == {"main"}


def test_hooks_that_cannot_be_read_are_nothing_to_look_at(patient: Patient) -> None:
    patient.paths.hook_settings.write_text("{}")
    with pytest.raises(NotApplicable, match="cannot be read"):
        patient.subject().hooks()


def test_without_settings_there_is_nothing_to_look_at(patient: Patient) -> None:
    patient.paths.settings.unlink()
    subject = patient.subject()
    with pytest.raises(NotApplicable, match="there are no settings"):
        subject.loaded()
    with pytest.raises(NotApplicable, match="no settings that can be used"):
        subject.prepared()


def test_no_secret_is_left_in_what_is_said(patient: Patient) -> None:
    patient.environment["SOME_TOKEN"] = "abcdefgh-123"
    patient.set_client(env={"OTHER_SECRET": "zyxwvut-987"})
    said = f"{CEREBRAS_KEY} {MASTER_KEY} abcdefgh-123 zyxwvut-987"
    assert patient.subject().without_secrets(said) == (
        "<CEREBRAS_API_KEY> <CCGLM_MASTER_KEY> <SOME_TOKEN> <OTHER_SECRET>"
    )


def test_secrets_are_hidden_even_when_the_file_cannot_be_read(
    patient: Patient, tmp_path: Path
) -> None:
    patient.paths.secrets.write_bytes(b"\xff\xfe")
    patient.environment["SOME_TOKEN"] = "abcdefgh-123"
    assert patient.subject().without_secrets("abcdefgh-123") == "<SOME_TOKEN>"


def test_the_machine_can_be_another(patient: Patient) -> None:
    patient.machine = replace(patient.machine, free_bytes=1)
    assert patient.subject().machine.free_bytes == 1
