"""The proxy's Python is asked, and whatever it does is an answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ccglm.doctor import installation
from ccglm.doctor.installation import look_at_installation, look_at_seam
from ccglm.errors import CcglmError
from tests.helpers.patients import a_program

ENVIRONMENT = {"PATH": os.environ["PATH"], "CEREBRAS_API_KEY": "csk-0123456789"}


def test_the_real_one_answers() -> None:
    found = look_at_installation((sys.executable, "-P"), ENVIRONMENT)
    assert found.litellm_version
    assert all(found.folders.values())


def test_it_is_given_no_key(tmp_path: Path) -> None:
    python = a_program(tmp_path / "python", f"env > {tmp_path / 'seen'}; echo '{{}}'")
    with pytest.raises(KeyError):
        look_at_installation(python, ENVIRONMENT)
    seen = (tmp_path / "seen").read_text()
    assert "LITELLM_MODE=PRODUCTION" in seen
    assert "csk-0123456789" not in seen


@pytest.mark.parametrize("line", ["exit 3", "echo no-json", "echo broken >&2; exit 1"])
def test_one_that_does_not_answer_is_an_error(line: str, tmp_path: Path) -> None:
    python = a_program(tmp_path / "python", line)
    with pytest.raises(CcglmError, match="cannot be looked at") as caught:
        look_at_seam(python, ENVIRONMENT, None)
    assert caught.value.details == (("broken",) if "broken" in line else ("it said nothing",))
    assert "install ccglm again" in (caught.value.hint or "")


def test_one_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CcglmError, match="cannot be started"):
        look_at_installation((str(tmp_path / "none"),), ENVIRONMENT)


def test_one_that_hangs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "PACKAGES_TIMEOUT_S", 0.2)
    python = a_program(tmp_path / "python", "exec sleep 60")
    with pytest.raises(CcglmError, match=r"did not answer within 0\.2 s"):
        look_at_installation(python, ENVIRONMENT)
