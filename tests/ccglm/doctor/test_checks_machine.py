"""Disk and network variables, beside the planted faults."""

from __future__ import annotations

import shutil

import pytest

from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def said(patient: Patient, check: str) -> list[str]:
    return [finding.what for _, finding in patient.examine(check).findings]


def test_a_state_folder_that_is_not_there_yet_is_measured_where_it_will_be(
    patient: Patient,
) -> None:
    shutil.rmtree(patient.paths.state)
    (result,) = patient.examine("disk").results
    assert (result.state, len(result.facts)) == ("ok", 1)
    assert str(patient.home) in result.facts[0]


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "*", "localhost,127.0.0.0/8"])
def test_a_proxy_that_leaves_this_machine_alone_is_fine(no_proxy: str, patient: Patient) -> None:
    patient.environment |= {"HTTPS_PROXY": "http://proxy.example:1", "no_proxy": no_proxy}
    assert said(patient, "network") == []


def test_without_settings_the_usual_address_must_be_exempt(patient: Patient) -> None:
    patient.stop_proxy()
    patient.paths.settings.unlink()
    patient.environment["HTTP_PROXY"] = "http://proxy.example:1"
    assert "does not name 127.0.0.1" in said(patient, "network")[0]


def test_a_password_in_a_proxy_address_is_not_repeated(patient: Patient) -> None:
    patient.environment |= {"ALL_PROXY": "gopher://me:hunter22@proxy", "NO_PROXY": "*"}
    (result,) = patient.examine("network").results
    assert "does not begin with" in result.findings[0].what
    assert "hunter22" not in repr(result)


def test_certificate_folders_and_files_that_are_there_are_fine(patient: Patient) -> None:
    bundle = patient.folder / "bundle.pem"
    bundle.write_text("")
    patient.environment |= {"SSL_CERT_FILE": str(bundle), "SSL_CERT_DIR": f"/none:{patient.folder}"}
    assert said(patient, "network") == []
    patient.environment["SSL_CERT_DIR"] = "/none"
    assert said(patient, "network") == ["`SSL_CERT_DIR` names `/none`, which is not there"]
