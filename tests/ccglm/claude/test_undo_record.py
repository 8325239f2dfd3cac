from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ccglm.claude.settings_edit import put_in
from ccglm.claude.undo_record import UndoRecord, UndoRecords
from ccglm.errors import PrerequisiteError


def a_record(path: Path) -> UndoRecord:
    _, edit = put_in({}, {("env", "TOKEN"): "secret", ("permissions", "deny"): ["WebSearch"]})
    return UndoRecord(
        settings_file=str(path),
        edit=edit,
        original_text=None,
        original_mode=None,
        written_text="{}",
        made_folder=True,
    )


def test_a_record_reads_back_as_it_was_written_and_only_the_owner_may_read_it(
    tmp_path: Path,
) -> None:
    records, path = UndoRecords(tmp_path / "state"), tmp_path / "settings.json"
    record = a_record(path)
    records.write(record)
    assert records.read(path) == record
    (place,) = (tmp_path / "state" / "claude-env").iterdir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_each_settings_file_has_its_own_record(tmp_path: Path) -> None:
    records = UndoRecords(tmp_path / "state")
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    assert records.settings_files() == []
    for path in paths:
        records.write(a_record(path))
    (tmp_path / "state" / "claude-env" / "broken.json").write_text("{")
    assert records.settings_files() == paths
    records.remove(paths[0])
    assert records.read(paths[0]) is None
    assert records.settings_files() == [paths[1]]


def test_a_symbolic_link_and_its_target_have_one_record(tmp_path: Path) -> None:
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_text("{}")
    link.symlink_to(target)
    records = UndoRecords(tmp_path / "state")
    records.write(a_record(target))
    assert records.read(link) == a_record(target)


def test_a_record_of_another_version_is_named_and_kept(tmp_path: Path) -> None:
    records, path = UndoRecords(tmp_path / "state"), tmp_path / "settings.json"
    records.write(a_record(path))
    (place,) = (tmp_path / "state" / "claude-env").iterdir()
    place.write_text(place.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(PrerequisiteError, match="not a record"):
        records.read(path)
    assert place.exists()


def test_backups_are_noted_in_order(tmp_path: Path) -> None:
    record = a_record(tmp_path / "s.json").with_backups([tmp_path / "1"])
    assert record.with_backups([tmp_path / "2"]).backups == (
        str(tmp_path / "1"),
        str(tmp_path / "2"),
    )
