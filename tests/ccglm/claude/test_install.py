from __future__ import annotations

import json
from pathlib import Path

import pytest

from ccglm.claude.install import install, installation_view, uninstall
from ccglm.claude.scopes import Target
from ccglm.claude.undo_record import UndoRecords
from ccglm.errors import SettingsError

TOKEN = "sk-ccglm-0123456789abcdef"


@pytest.fixture
def records(tmp_path: Path) -> UndoRecords:
    return UndoRecords(tmp_path / "state")


@pytest.fixture
def wanted(tmp_path: Path) -> list[Target]:
    folder = tmp_path / ".claude"
    return [
        Target(folder / "settings.json", {("env", "ANTHROPIC_MODEL"): "main"}),
        Target(folder / "settings.local.json", {("env", "ANTHROPIC_AUTH_TOKEN"): TOKEN}),
    ]


def _files(wanted: list[Target]) -> list[Path]:
    return [target.path for target in wanted]


def test_installing_twice_says_that_nothing_changed(
    wanted: list[Target], records: UndoRecords
) -> None:
    first = installation_view(install(wanted, records), next_steps=["next: `claude`"])
    assert first.blocks == [
        f"set 1 key in `{wanted[0].path}`",
        f"set 1 key in `{wanted[1].path}`",
        "next: `claude`",
    ]
    assert first.data["changed"] is True
    second = installation_view(install(wanted, records))
    assert second.data["changed"] is False
    assert "nothing changed" in str(second.blocks[0])


def test_a_dry_run_shows_the_difference_without_the_token_and_writes_nothing(
    wanted: list[Target], records: UndoRecords
) -> None:
    wanted[0].path.parent.mkdir()
    wanted[0].path.write_text('{"env": {"OTHER_API_KEY": "another-secret"}}')
    view = installation_view(install(wanted, records, dry_run=True))
    (diff,) = view.blocks
    assert '+{"env": {"OTHER_API_KEY": "…", "ANTHROPIC_MODEL": "main"}}' in str(diff)
    assert TOKEN not in json.dumps(view.data)
    assert "another-secret" not in json.dumps(view.data)
    assert not wanted[1].path.exists()
    assert records.settings_files() == []


def test_one_bad_file_keeps_the_other_from_being_written(
    wanted: list[Target], records: UndoRecords
) -> None:
    wanted[1].path.parent.mkdir()
    wanted[1].path.write_text("{")
    with pytest.raises(SettingsError):
        install(wanted, records)
    assert not wanted[0].path.exists()


def test_everything_is_undone_and_told(wanted: list[Target], records: UndoRecords) -> None:
    wanted[0].path.parent.mkdir()
    wanted[0].path.write_text('{"model": "opus"}\n')
    install(wanted, records)
    dry = installation_view(uninstall(_files(wanted), records, dry_run=True))
    assert '+{"model": "opus"}\n' in str(dry.blocks[0])
    view = installation_view(uninstall(_files(wanted), records))
    assert view.blocks == [
        f"restored 1 key in `{wanted[0].path}`",
        f"removed `{wanted[1].path}`, which held nothing else",
    ]
    assert wanted[0].path.read_text() == '{"model": "opus"}\n'
    assert view.data["undone"] is True


def test_undoing_what_was_never_done_says_so(wanted: list[Target], records: UndoRecords) -> None:
    view = installation_view(uninstall(_files(wanted), records))
    assert view.blocks == ["nothing of ccglm is in there"]
    assert view.data["changed"] is False
