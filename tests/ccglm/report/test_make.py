"""No key is in the report, wherever it was put; what helps is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccglm.doctor.examination import Examination
from ccglm.report.document import as_data, as_markdown
from ccglm.report.make import make_report
from tests.helpers.patients import KEYS, Patient, patient, shared_proxy
from tests.helpers.usage_builders import a_store, a_usage_row

__all__ = ["patient", "shared_proxy"]

CHECKS = ("files", "settings", "generated", "proxy", "claude-files", "claude-conflicts")
"""Those that look at places where keys were put, and are quick."""

PLANTED = {
    "settings, under keys": "csk-pasted-under-keys-01",
    "settings, under keys, of no shape": "correct-horse-battery",
    "settings, in capitals": "PASTEDKEY0123456789ABCDEF",
    "settings, raw LiteLLM": "raw0litellm1secret2value",
    "settings, address": "hunter2-in-address",
    "settings, comment": "0123456789abcdef0123456789abcdef.CommentedOut1",
    ".env, a provider's": "short-zai-key",
    ".env, of any name": "p@ss/w+rd==with signs",
    "environment, key": "csk-exported-0123456789",
    "environment, password": "db-pass-word-1",
    "environment, headers": "header-value-9f8e7d6c5b",
    "environment, proxy": "proxy-user:proxy-pass",
    "Claude Code, user": "sk-ant-user-0123456789",
    "Claude Code, project": "sk-ant-project-0123456789",
    "Claude Code, local": "zz-local-token-of-no-shape",
    "Claude Code, body": "extra-body-secret-5a4b3c",
    "log, a known one": "short-zai-key",
    "log, bearer": "abcdef-bearer-value",
    "log, JSON": "json-secret-value",
    "log, unknown random": "9f8e7d6c5b4a39281706f5e4",
    "crash": "csk-crashed-0123456789",
    "usage": "sk-asked-for-0123456789",
}


def plant(patient: Patient) -> None:
    """Put a key wherever one may come to lie."""
    p = PLANTED
    patient.paths.settings.write_text(
        f"# was {p['settings, comment']}\n"
        "providers:\n"
        f"  cerebras: {{keys: [{p['settings, under keys']}, {p['settings, under keys, of no shape']}]}}\n"
        "  zai:\n    keys:\n"
        f"      - {p['settings, in capitals']}\n      - ZAI_API_KEY\n"
        f"    base_url: https://me:{p['settings, address']}@gateway.example\n"
        "models: {main: [zai/glm-4.7]}\n"
        f"litellm: {{general_settings: {{api_key: {p['settings, raw LiteLLM']}}}}}\n"
    )
    patient.set_secret("ZAI_API_KEY", p[".env, a provider's"])
    patient.set_secret("MY_OWN", f'"{p[".env, of any name"]}"')
    patient.environment |= {
        "CEREBRAS_API_KEY": p["environment, key"],
        "DB_PASSWORD": p["environment, password"],
        "ANTHROPIC_CUSTOM_HEADERS": f"x-thing: {p['environment, headers']}",
        "HTTPS_PROXY": f"http://{p['environment, proxy']}@proxy.example:1",
    }
    patient.set_client(env={"ANTHROPIC_API_KEY": p["Claude Code, user"]})
    project = patient.working_folder / ".claude"
    patient.set_client(project / "settings.json", env={"SOME": p["Claude Code, project"]}, apiKeyHelper="echo sk-ant-helper-0123456789")  # fmt: skip
    patient.set_client(
        project / "settings.local.json",
        env={"MY_TOKEN": p["Claude Code, local"], "CLAUDE_CODE_EXTRA_BODY": p["Claude Code, body"]},
    )
    logs = patient.paths.logs
    logs.mkdir(exist_ok=True)
    (logs / "proxy.log").write_text(
        f"12:00:00 - ERROR: refused {p['log, a known one']}\n"
        f"12:00:01 - ERROR: sent Authorization: Bearer {p['log, bearer']}\n"
        f"12:00:02 - WARNING: {json.dumps({'client_secret': p['log, JSON']})}\n"
        f"12:00:03 - WARNING: id {p['log, unknown random']} unknown\n"
        f"12:00:04 - WARNING: the mark that is kept\n"
        f"12:00:05 - INFO: not shown\n"
    )
    (logs / "crash-20261120T120000.log").write_text(f"KeyError: '{p['crash']}'\n")
    a_store(
        patient.paths.usage_db,
        [a_usage_row(requested_model=p["usage"], outcome="failed", fault="model_missing")],
    )


def report_of(patient: Patient, *only: str) -> tuple[str, dict[str, Any]]:
    examination = Examination(patient.working_folder, only=only or CHECKS)
    sections = make_report(patient.app(), examination)
    return as_markdown(sections), as_data(sections)


@pytest.mark.parametrize("place", PLANTED)
def test_no_key_is_in_the_report_wherever_it_lay(
    place: str, planted_report: tuple[str, dict[str, Any]]
) -> None:
    text, data = planted_report
    for key in (PLANTED[place], json.dumps(PLANTED[place])[1:-1]):
        assert key not in text
        assert key not in json.dumps(data)


@pytest.fixture(scope="module")
def planted_report(
    tmp_path_factory: pytest.TempPathFactory, shared_proxy: Any
) -> tuple[str, dict[str, Any]]:
    from tests.helpers.patients import NOBODY, a_patient

    patient = a_patient(tmp_path_factory.mktemp("planted"), shared_proxy.record, NOBODY)
    plant(patient)
    return report_of(patient)


def test_what_was_there_from_the_start_is_hidden_too(planted_report: tuple[str, Any]) -> None:
    assert not any(key in planted_report[0] for key in KEYS)
    assert "sk-ant-helper" not in planted_report[0]


def test_what_helps_is_told(planted_report: tuple[str, Any]) -> None:
    text, _ = planted_report
    for said in (
        "**Versions**",
        "LiteLLM 1.",
        "Claude Code 2.1.329",
        "error  [settings]  ",
        "[claude-conflicts]  `ANTHROPIC_API_KEY` is set by",
        "models: {main: [zai/glm-4.7]}",
        "    keys:\n      - <hidden>\n      - ZAI_API_KEY",
        "settings: env, permissions, skipWebFetchPreflight",
        "base_url: https://<hidden>@gateway.example",
        ".env: ZAI_API_KEY is a text of 13",
        "environment: HTTPS_PROXY=http://<hidden>@proxy.example:1",
        "env: CLAUDE_CODE_MAX_CONTEXT_TOKENS=131072",
        "env: ANTHROPIC_MODEL=main",
        "user: ~/.claude/settings.json",
        "fault model_missing",
        "refused <ZAI_API_KEY>",
        "12:00:04 - WARNING: the mark that is kept",
        "**Last crash, crash-20261120T120000.log**",
    ):
        assert said in text, said
    assert "INFO: not shown" not in text


def test_the_home_folder_is_not_named(patient: Patient) -> None:
    text, _ = report_of(patient)
    assert patient.environment["HOME"] not in text


def test_a_log_with_contents_is_left_out(patient: Patient) -> None:
    patient.set_settings(logging={"content": True})
    patient.paths.logs.mkdir()
    (patient.paths.logs / "proxy.log").write_text("12:00 - ERROR: a prompt of mine\n")
    text, _ = report_of(patient)
    assert "prompts and answers may be in it" in text
    assert "a prompt of mine" not in text


def test_nothing_set_up_is_a_report_too(tmp_path: Path, patient: Patient) -> None:
    patient.stop_proxy()
    patient.paths.settings.unlink()
    patient.paths.secrets.unlink()
    (patient.folder / "bin" / "claude").unlink()
    text, _ = report_of(patient)
    for said in ("there are no settings", "does not run", "(none)", "Claude Code is not installed"):
        assert said in text


def test_files_that_cannot_be_read_are_told(patient: Patient) -> None:
    for path in (patient.paths.settings, patient.paths.secrets, patient.client_settings):
        path.write_bytes(b"\xff\xfe")
    text, _ = report_of(patient)
    assert text.count("is not UTF-8 text") >= 3


def test_a_run_record_and_a_store_that_cannot_be_read_are_told(patient: Patient) -> None:
    patient.paths.run_record.write_bytes(b"\xff\xfe")
    patient.paths.usage_db.write_bytes(b"no database" * 500)
    text, _ = report_of(patient)
    assert "the run record cannot be read" in text
    assert "is damaged" in text
