"""`ccglm report` as people and programs call it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from tests.helpers.patients import KEYS, Patient, a_program, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


@pytest.fixture
def set_up(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> Patient:
    for name, value in patient.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(patient.working_folder)
    return patient


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["report", *arguments])
    assert not any(key in result.output for key in KEYS)
    return result.exit_code, result.stdout, result.stderr


def test_it_is_one_text_to_paste(set_up: Patient) -> None:
    # Examines everything, with the real LiteLLM.
    code, stdout, stderr = run()
    assert code == 0
    assert stdout.startswith("**Versions**\n\n~~~\nccglm ")
    assert "**ccglm doctor: nothing wrong**" in stdout
    assert stderr.endswith("read it before you paste it\n")


def test_programs_get_the_sections_also_of_other_settings(set_up: Patient) -> None:
    a_program(set_up.folder / "bin" / "claude", "printf '\\033[31mno version\\n'")
    other = set_up.folder / "other.yaml"
    other.write_text("models: {main: [zai/glm-4.7]}\n")
    code, stdout, _ = run("--json", "--config", str(other))
    document = json.loads(stdout)
    assert (code, document["ok"]) == (0, True)
    sections = {section["title"]: section["lines"] for section in document["sections"]}
    assert sections["Settings"] == ["models: {main: [zai/glm-4.7]}"]
    assert any(title.startswith("ccglm doctor: ") for title in sections)
    assert any("does not say a version" in line for line in sections["Versions"])
