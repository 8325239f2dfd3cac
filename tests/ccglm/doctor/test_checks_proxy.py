"""The proxy and its port, beside the planted faults."""

from __future__ import annotations

import socket

from ccglm.proxy.ports import free_port
from tests.helpers.patients import Patient, patient, running_stand_in, shared_proxy

__all__ = ["patient", "shared_proxy"]


def test_a_free_port_is_fine(patient: Patient) -> None:
    patient.stop_proxy()
    port = free_port("127.0.0.1")
    patient.set_settings(server={"port": port})
    (result,) = patient.examine("port").results
    assert (result.state, result.facts) == ("ok", (f"port {port} is free",))


def test_an_address_this_machine_does_not_have_is_a_finding(patient: Patient) -> None:
    patient.stop_proxy()
    patient.set_settings(server={"host": "203.0.113.7", "port": 4000})
    ((_, finding),) = patient.examine("port").findings
    assert "no address `203.0.113.7`" in finding.what
    assert "server.host" in finding.remedy.advice


def test_a_proxy_that_never_ran_is_a_warning_one_that_died_an_error(patient: Patient) -> None:
    patient.stop_proxy()
    patient.set_settings(server={"port": free_port("127.0.0.1")})
    assert patient.examine("proxy").healthy
    patient.set_record(pid=2**22 + 1)  # above the highest process id
    report = patient.examine("proxy")
    assert not report.healthy
    fix = report.findings[0][1].remedy.fix
    assert fix is not None
    assert "cleared" in fix()
    assert not patient.paths.run_record.exists()


def test_without_settings_there_is_no_proxy_to_start(patient: Patient) -> None:
    patient.stop_proxy()
    patient.paths.settings.unlink()
    (result,) = patient.examine("proxy").results
    assert result.state == "skipped"


def test_what_needs_a_proxy_is_skipped_without_one(patient: Patient) -> None:
    patient.stop_proxy()
    results = patient.examine("warm", "version", "token").results
    assert {result.reason for result in results} == {"the proxy does not run"}


def test_a_token_that_no_header_can_carry_gets_no_answer(patient: Patient) -> None:
    patient.set_secret("CCGLM_MASTER_KEY", "schlüssel€")
    ((_, finding),) = patient.examine("token").findings
    assert finding.what == "the proxy answers nothing when it is asked for its models"


def test_the_token_is_taken_from_where_the_proxy_was_started(patient: Patient) -> None:
    (result,) = patient.examine("token").results
    assert result.facts == ("the proxy takes the token",)


def test_the_holder_of_a_port_is_named(patient: Patient) -> None:
    patient.stop_proxy()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        patient.set_settings(server={"port": listener.getsockname()[1]})
        ((_, finding),) = patient.examine("port").findings
    assert "process " in finding.what
    assert finding.remedy.commands == ("ccglm up --port auto",)


def test_a_proxy_of_another_state_folder_is_recognised(patient: Patient) -> None:
    patient.stop_proxy()
    with running_stand_in(patient.folder / "other") as other:
        patient.set_settings(server={"port": other.record.port})
        ((_, finding),) = patient.examine("port").findings
    assert f"kill {other.record.pid}" in finding.remedy.commands
