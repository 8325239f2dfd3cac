from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ccglm.claude.isolated_home import prepare_isolated_home
from ccglm.errors import CcglmError


def test_the_client_starts_past_its_first_run_screens_in_a_trusted_folder(tmp_path: Path) -> None:
    folder = prepare_isolated_home(tmp_path / "state", tmp_path)
    state = json.loads((folder / ".claude.json").read_text())
    assert state["hasCompletedOnboarding"] is True
    assert state["projects"][str(tmp_path)]["hasTrustDialogAccepted"] is True
    assert stat.S_IMODE((folder / ".claude.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_the_client_keeps_there_survives(tmp_path: Path) -> None:
    folder = prepare_isolated_home(tmp_path / "state", tmp_path)
    state_file = folder / ".claude.json"
    state = json.loads(state_file.read_text())
    state |= {"theme": "light", "numStartups": 3}
    state["projects"][str(tmp_path)]["lastCost"] = 1
    state_file.write_text(json.dumps(state))
    other = tmp_path / "other"
    other.mkdir()
    assert prepare_isolated_home(tmp_path / "state", other) == folder
    again = json.loads(state_file.read_text())
    assert (again["theme"], again["numStartups"]) == ("light", 3)
    assert again["projects"][str(tmp_path)] == {"hasTrustDialogAccepted": True, "lastCost": 1}
    assert again["projects"][str(other)] == {"hasTrustDialogAccepted": True}


def test_preparing_twice_writes_once(tmp_path: Path) -> None:
    state_file = prepare_isolated_home(tmp_path / "state", tmp_path) / ".claude.json"
    before = state_file.stat().st_mtime_ns
    prepare_isolated_home(tmp_path / "state", tmp_path)
    assert state_file.stat().st_mtime_ns == before


@pytest.mark.parametrize("damaged", ["{", '{"projects": []}'])
def test_a_damaged_state_file_is_named_and_kept(tmp_path: Path, damaged: str) -> None:
    state_file = prepare_isolated_home(tmp_path / "state", tmp_path) / ".claude.json"
    state_file.write_text(damaged)
    with pytest.raises(CcglmError, match="is damaged"):
        prepare_isolated_home(tmp_path / "state", tmp_path)
    assert state_file.read_text() == damaged
