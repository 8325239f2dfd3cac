from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from pydantic import JsonValue

from ccglm.claude.settings_edit import KeyPath
from ccglm.claude.settings_file import apply_settings_plan, plan_install, plan_undo
from ccglm.claude.undo_record import UndoRecords
from ccglm.errors import PrerequisiteError, SettingsError, WouldOverwrite

WANTED: dict[KeyPath, JsonValue] = {
    ("env", "ANTHROPIC_BASE_URL"): "http://127.0.0.1:4000",
    ("env", "ANTHROPIC_AUTH_TOKEN"): "sk-ccglm-1",
    ("permissions", "deny"): ["WebSearch"],
}
# An odd style on purpose: tabs, Windows line ends, a list on one line.
FOREIGN = (
    '{\r\n\t"model": "opus",\r\n\t"env": {"MINE": "1", "ANTHROPIC_BASE_URL": "http://old"},\r\n'
    '\t"permissions": {"allow": ["Bash(git *)"]}\r\n}'
)


@pytest.fixture
def records(tmp_path: Path) -> UndoRecords:
    return UndoRecords(tmp_path / "state")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".claude" / "settings.json"


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    path.chmod(mode)


def _install(path: Path, records: UndoRecords, **changed: str) -> list[Path]:
    wanted: dict[KeyPath, JsonValue] = {
        **WANTED,
        **{("env", name): value for name, value in changed.items()},
    }
    plan = plan_install(path, wanted, records)
    return apply_settings_plan(plan, records) if plan.changes else []


def _undo(path: Path, records: UndoRecords, *, force: bool = False) -> None:
    plan = plan_undo(path, records, force=force)
    assert plan is not None
    apply_settings_plan(plan, records)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_made_for_the_owner_alone_and_undone_without_a_trace(
    path: Path, records: UndoRecords
) -> None:
    _install(path, records)
    assert json.loads(path.read_text())["env"]["ANTHROPIC_AUTH_TOKEN"] == "sk-ccglm-1"
    assert _mode(path) == 0o600
    assert plan_install(path, WANTED, records).changes is False
    _undo(path, records)
    assert not path.parent.exists()
    assert plan_undo(path, records) is None


def test_a_foreign_file_keeps_its_keys_and_gets_its_very_bytes_back(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    (backup,) = _install(path, records)
    assert backup.read_bytes() == FOREIGN.encode()
    document = json.loads(path.read_text())
    assert list(document) == ["model", "env", "permissions"]
    assert document["env"]["MINE"] == "1"
    assert document["permissions"] == {"allow": ["Bash(git *)"], "deny": ["WebSearch"]}
    assert b"\r\n\t" in path.read_bytes()
    assert _mode(path) == 0o600
    _undo(path, records)
    assert path.read_bytes() == FOREIGN.encode()
    assert _mode(path) == 0o644
    assert not backup.exists(), "it says nothing the file does not say"


def test_a_changed_profile_keeps_the_first_original_and_makes_no_second_backup(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    _install(path, records)
    assert _install(path, records, ANTHROPIC_BASE_URL="http://127.0.0.1:4001") == []
    assert "4001" in path.read_text()
    _undo(path, records)
    assert path.read_bytes() == FOREIGN.encode()


def test_later_additions_survive_a_second_install_and_the_undo(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    _install(path, records)
    document = json.loads(path.read_text())
    document["theme"] = "dark"
    _write(path, json.dumps(document))
    assert len(_install(path, records, ANTHROPIC_BASE_URL="http://127.0.0.1:4001")) == 1
    _undo(path, records)
    assert json.loads(path.read_text()) == {**json.loads(FOREIGN), "theme": "dark"}


def test_a_file_of_ours_with_a_later_key_stays_with_that_key(
    path: Path, records: UndoRecords
) -> None:
    _install(path, records)
    document = json.loads(path.read_text())
    document["theme"] = "dark"
    _write(path, json.dumps(document))
    _install(path, records, ANTHROPIC_BASE_URL="http://127.0.0.1:4001")
    _undo(path, records)
    assert json.loads(path.read_text()) == {"theme": "dark"}


def test_a_later_edit_of_our_key_is_named_and_nothing_is_undone(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    _install(path, records)
    edited = path.read_text().replace("http://127.0.0.1:4000", "http://elsewhere")
    _write(path, edited)
    with pytest.raises(WouldOverwrite) as caught:
        plan_undo(path, records)
    assert caught.value.data == {"edited_since": ["env.ANTHROPIC_BASE_URL"]}
    assert path.read_text() == edited.replace("\r\n", "\n")
    _undo(path, records, force=True)
    assert json.loads(path.read_text()) == json.loads(FOREIGN)
    backups = [other.read_text() for other in path.parent.glob("*.bak*")]
    assert any("http://elsewhere" in text for text in backups)


def test_a_file_deleted_since_is_not_brought_back(path: Path, records: UndoRecords) -> None:
    _write(path, FOREIGN)
    _install(path, records)
    path.unlink()
    plan = plan_undo(path, records)
    assert plan is not None
    assert not plan.changes
    apply_settings_plan(plan, records)
    assert not path.exists()
    assert plan_undo(path, records) is None


def test_a_write_that_never_happened_is_undone_to_the_same_text(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    record = plan_install(path, WANTED, records).record
    assert record is not None
    records.write(record)
    _undo(path, records)
    assert path.read_bytes() == FOREIGN.encode()


def test_a_symbolic_link_stays_one(tmp_path: Path, path: Path, records: UndoRecords) -> None:
    dotfiles = tmp_path / "dotfiles" / "settings.json"
    _write(dotfiles, FOREIGN)
    path.parent.mkdir(parents=True)
    path.symlink_to(dotfiles)
    _install(path, records)
    assert path.is_symlink()
    assert "sk-ccglm-1" in dotfiles.read_text()
    _undo(path, records)
    assert path.is_symlink()
    assert dotfiles.read_bytes() == FOREIGN.encode()


def test_invalid_json_is_refused_with_its_line_and_left_as_it_is(
    path: Path, records: UndoRecords
) -> None:
    _write(path, '{\n  "env": {\n    oops\n')
    with pytest.raises(SettingsError) as caught:
        plan_install(path, WANTED, records)
    assert caught.value.problems[0].line == 3
    assert path.read_text() == '{\n  "env": {\n    oops\n'


def test_a_value_of_another_type_is_refused_by_name(path: Path, records: UndoRecords) -> None:
    _write(path, '{"env": []}')
    with pytest.raises(SettingsError) as caught:
        plan_install(path, WANTED, records)
    assert (caught.value.problems[0].key, caught.value.problems[0].message) == (
        "env",
        "not an object",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_changes_nothing_and_keeps_no_record(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    path.parent.chmod(0o500)
    with pytest.raises(PrerequisiteError):
        _install(path, records)
    path.parent.chmod(0o700)
    assert path.read_bytes() == FOREIGN.encode()
    assert plan_undo(path, records) is None


def test_a_folder_in_the_place_of_the_file_is_refused_without_a_record(
    path: Path, records: UndoRecords
) -> None:
    path.mkdir(parents=True)
    with pytest.raises(PrerequisiteError, match="is a directory"):
        plan_install(path, WANTED, records)


def test_a_file_that_is_not_text_is_refused(path: Path, records: UndoRecords) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"model": "\xff"}')
    with pytest.raises(PrerequisiteError, match="not UTF-8"):
        plan_install(path, WANTED, records)


def test_undoing_by_force_stops_where_an_object_became_something_else(
    path: Path, records: UndoRecords
) -> None:
    _write(path, FOREIGN)
    _install(path, records)
    _write(path, '{"env": "gone"}')
    with pytest.raises(SettingsError):
        plan_undo(path, records, force=True)
    assert path.read_text() == '{"env": "gone"}'


def test_a_failed_write_keeps_the_earlier_record(path: Path, records: UndoRecords) -> None:
    _write(path, FOREIGN)
    _install(path, records)
    before = records.read(path)
    plan = plan_install(path, {("env", "A"): "1"}, records)
    # The folder is moved away and a file takes its name: no write can succeed, for root either.
    moved = path.parent.rename(path.parent.with_name("moved"))
    path.parent.write_text("")
    with pytest.raises(PrerequisiteError):
        apply_settings_plan(plan, records)
    path.parent.unlink()
    moved.rename(path.parent)
    assert records.read(path) == before
    _undo(path, records)
    assert path.read_bytes() == FOREIGN.encode()
