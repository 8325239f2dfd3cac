"""Files are replaced whole or not at all, and what was there is kept."""

import os
import stat
from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError
from ccglm.files import (
    PlannedWrite,
    apply_plan,
    diff_of,
    make_folder,
    plan_write,
    read_text,
    write_atomic,
)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "b.txt", "hello\n", mode=0o600)
    assert (tmp_path / "a" / "b.txt").read_text() == "hello\n"
    assert mode_of(tmp_path / "a" / "b.txt") == 0o600
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    path.chmod(0o640)
    write_atomic(path, "new")
    assert (path.read_text(), mode_of(path)) == ("new", 0o640)


def test_a_new_file_without_a_mode_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "x", "new")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "x") == 0o640


def test_a_symlink_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    apply_plan([plan_write(tmp_path / "link", "new")])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_plan_that_changes_nothing_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("same")
    before = path.stat()
    plan = [plan_write(path, "same", keep_backup=True)]
    assert apply_plan(plan) == []
    assert diff_of(plan) == ""
    assert path.stat().st_ino == before.st_ino


def test_permissions_that_are_too_wide_are_a_change(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    path.chmod(0o644)
    apply_plan([plan_write(path, "A=1\n", mode=0o600)])
    assert mode_of(path) == 0o600


def test_every_backup_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "ccglm.yaml"
    path.write_text("one")
    path.chmod(0o600)
    first = apply_plan([plan_write(path, "two", keep_backup=True)])
    second = apply_plan([plan_write(path, "three", keep_backup=True)])
    assert [backup.name for backup in first + second] == ["ccglm.yaml.bak", "ccglm.yaml.bak2"]
    assert [backup.read_text() for backup in first + second] == ["one", "two"]
    assert {mode_of(backup) for backup in first + second} == {0o600}


def test_when_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    good, blocker = tmp_path / "good", tmp_path / "file"
    good.write_text("old")
    blocker.write_text("a file where a folder should be")
    plan = [plan_write(good, "new"), PlannedWrite(blocker / "bad", None, "x")]
    with pytest.raises(
        PrerequisiteError, match=r"cannot write `.*bad`: (not a directory|file exists)"
    ):
        apply_plan(plan)
    assert good.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "good"]


def test_a_folder_that_takes_no_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PrerequisiteError) as caught:
        write_atomic(tmp_path / "file" / "x", "text")
    assert "CCGLM_HOME" in str(caught.value.hint)
    with pytest.raises(PrerequisiteError):
        make_folder(tmp_path / "file" / "folder")


def test_a_folder_of_ours_is_the_owners_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "state")
    make_folder(tmp_path / "state")
    assert mode_of(tmp_path / "state") == 0o700


def test_a_diff_names_files_and_lines(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a\nb\n")
    diff = diff_of([plan_write(tmp_path / "x", "a\nc\n"), plan_write(tmp_path / "y", "n\n")])
    assert diff.splitlines() == [
        f"--- {tmp_path}/x", f"+++ {tmp_path}/x", "@@ -1,2 +1,2 @@", " a", "-b", "+c",
        "--- /dev/null", f"+++ {tmp_path}/y", "@@ -0,0 +1 @@", "+n",
    ]  # fmt: skip


def test_text_is_read_or_the_reason_told(tmp_path: Path) -> None:
    assert read_text(tmp_path / "none") is None
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(PrerequisiteError, match="not UTF-8"):
        read_text(tmp_path / "bytes")
    with pytest.raises(PrerequisiteError, match="is a directory"):
        read_text(tmp_path)
