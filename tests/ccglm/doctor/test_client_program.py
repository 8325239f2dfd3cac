"""The client on the PATH is asked who it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccglm.doctor.client_program import look_at_client
from ccglm.errors import CcglmError, PrerequisiteError
from tests.helpers.patients import a_program


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": f"{folder}{os.pathsep}{os.defpath}"}


def test_its_version_is_read(tmp_path: Path) -> None:
    a_program(tmp_path / "claude", "echo '2.1.329 (Claude Code)'")
    client = look_at_client(environment(tmp_path))
    assert (client.program, client.version) == (tmp_path / "claude", (2, 1, 329))
    assert client.version_text == "2.1.329"


def test_none_is_a_prerequisite(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match="Claude Code is not installed"):
        look_at_client({"PATH": str(tmp_path)})


@pytest.mark.parametrize("line", ["echo hello", "echo 2.1.3; exit 3", "kill -9 $$"])
def test_one_that_says_no_version_is_an_error(line: str, tmp_path: Path) -> None:
    a_program(tmp_path / "claude", line)
    with pytest.raises(CcglmError, match="does not say a version"):
        look_at_client(environment(tmp_path))


def test_one_that_cannot_be_run_is_an_error(tmp_path: Path) -> None:
    program = tmp_path / "claude"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    with pytest.raises(CcglmError, match="cannot be run"):
        look_at_client(environment(tmp_path))
