"""Write keys into one of Claude Code's settings files, and undo exactly that.

Plan first, then apply: a plan can be shown as a diff. The settings file is replaced at once, with
0600 because it holds a token, and a backup is kept of what was not ours.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import JsonValue

from ccglm.claude.settings_edit import (
    Document,
    Edit,
    KeyPath,
    WrongTypeError,
    edited_since,
    put_in,
    take_out,
)
from ccglm.claude.settings_text import read_document, render_document, style_of
from ccglm.claude.undo_record import UndoRecord, UndoRecords
from ccglm.errors import PrerequisiteError, SettingsError, WouldOverwrite
from ccglm.files import SECRET_MODE, PlannedWrite, apply_plan, reason_of
from litellm_config.problems import Problem


@dataclass(frozen=True)
class SettingsPlan:
    """One settings file as it is and as it shall be."""

    path: Path
    """Symbolic links resolved: the file that is really written."""
    old_text: str | None
    new_text: str | None
    """None: the file is removed, because it was made by ccglm and nothing else is in it."""
    mode: int | None
    keep_backup: bool
    record: UndoRecord | None
    """The record to keep; None: forget it."""
    changed: tuple[KeyPath, ...]
    """The keys whose value is different afterwards."""

    @property
    def write(self) -> PlannedWrite:
        """The same as a write of `ccglm.files`, for a diff; a removed file becomes empty."""
        return PlannedWrite(
            self.path, self.old_text, self.new_text or "", self.mode, self.keep_backup
        )

    @property
    def changes(self) -> bool:
        """Whether applying it would change the file."""
        if self.new_text is None or self.old_text is None:
            return self.new_text != self.old_text
        return self.write.changes


def plan_install(
    path: Path, wanted: Mapping[KeyPath, JsonValue], records: UndoRecords
) -> SettingsPlan:
    """Plan to put keys into a settings file; doing so twice changes nothing.

    Args:
        path: The settings file; need not exist.
        wanted: Key path to value; the items of a list are added to the list that is there.
        records: Where what changes is recorded.

    Raises:
        SettingsError: The file is not a JSON object, or a value in the way has another type.
        PrerequisiteError: The file cannot be read.
    """
    path = path.resolve()
    old_text = _text_of(path)
    record = records.read(path)
    document = read_document(old_text or "", str(path))
    try:
        edited, edit = put_in(document, wanted, record.edit if record else None)
    except WrongTypeError as error:
        raise _wrong_type(path, error) from error
    unchanged = old_text is not None and edited == document
    new_text = old_text if unchanged else render_document(edited, style_of(old_text or ""))
    assert new_text is not None
    return SettingsPlan(
        path=path,
        old_text=old_text,
        new_text=new_text,
        mode=SECRET_MODE,
        keep_backup=old_text != new_text and (record is None or old_text != record.written_text),
        record=_record_of(path, record, edit, old_text, new_text),
        changed=_changed(document, edited, edit),
    )


def plan_undo(path: Path, records: UndoRecords, *, force: bool = False) -> SettingsPlan | None:
    """Plan to take out what was put into a settings file.

    A file nobody touched since gets back its very text; in any other the recorded keys are set back
    and everything else stays.

    Args:
        path: The settings file.
        records: Where what was changed is recorded.
        force: Also set back keys that were edited since; a backup is kept.

    Returns:
        The plan, or None when nothing is recorded for the file.

    Raises:
        WouldOverwrite: Keys were edited since; they are named.
        SettingsError: The file is no longer a JSON object.
    """
    path = path.resolve()
    record = records.read(path)
    if record is None:
        return None
    old_text = _text_of(path)
    document = read_document(old_text or "", str(path))
    edited = () if old_text == record.written_text else edited_since(document, record.edit)
    if edited and old_text is not None and not force:
        raise _edited(path, edited)
    if old_text is None:
        new_text, restored = None, document
    elif old_text == record.written_text:
        new_text, restored = record.original_text, read_document(record.original_text or "", "")
    else:
        restored = _taken_out(path, document, record.edit)
        same = restored == document
        new_text = old_text if same else render_document(restored, style_of(old_text))
        if record.original_text is None and not restored:
            new_text = None
    return SettingsPlan(
        path=path,
        old_text=old_text,
        new_text=new_text,
        mode=record.original_mode,
        keep_backup=bool(edited),
        record=None,
        changed=_changed(document, restored, record.edit),
    )


def apply_settings_plan(plan: SettingsPlan, records: UndoRecords) -> list[Path]:
    """Write the file and keep or forget the record.

    The record is written first: should the machine stop in between, undoing changes nothing, because
    no key holds what the record says was written.

    Returns:
        The backups made.

    Raises:
        PrerequisiteError: The file cannot be written; nothing was changed.
    """
    before = records.read(plan.path)
    if plan.record is not None:
        if plan.record != before:
            records.write(plan.record)
        try:
            backups = apply_plan([plan.write])
        except PrerequisiteError:
            _put_back(records, plan.path, before)
            raise
        if backups:
            records.write(plan.record.with_backups(backups))
        return backups
    backups = apply_plan([plan.write]) if plan.new_text is not None else []
    if plan.new_text is None:
        _remove(plan.path, with_folder=before is not None and before.made_folder)
    _remove_spent_backups(before, plan.new_text)
    records.remove(plan.path)
    return backups


def _put_back(records: UndoRecords, path: Path, before: UndoRecord | None) -> None:
    if before is None:
        records.remove(path)
    else:
        records.write(before)


def _remove(path: Path, *, with_folder: bool) -> None:
    path.unlink(missing_ok=True)
    if with_folder and path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def _remove_spent_backups(record: UndoRecord | None, restored: str | None) -> None:
    """Remove the backups made since the first edit that say nothing the restored file does not say."""
    for name in record.backups if record else ():
        backup = Path(name)
        if restored is not None and backup.is_file() and _text_of(backup) == restored:
            backup.unlink()


def _record_of(
    path: Path, earlier: UndoRecord | None, edit: Edit, old_text: str | None, new_text: str
) -> UndoRecord:
    """Return the record after an install; the file before the *first* one stays the original."""
    if earlier is not None and old_text == earlier.written_text:
        return earlier.model_copy(update={"edit": edit, "written_text": new_text})
    return UndoRecord(
        settings_file=str(path),
        edit=edit,
        original_text=_original(earlier, edit, old_text, new_text),
        original_mode=earlier.original_mode if earlier else _mode_of(path),
        written_text=new_text,
        made_folder=earlier.made_folder if earlier else not path.parent.exists(),
        backups=earlier.backups if earlier else (),
    )


def _original(
    earlier: UndoRecord | None, edit: Edit, old_text: str | None, new_text: str
) -> str | None:
    """Return what the file would be without us: what is written now, less what we put in."""
    if earlier is None or old_text is None:
        return old_text
    without_us = take_out(read_document(new_text, ""), edit, overwrite=False)
    if earlier.original_text is None and not without_us:
        return None
    return render_document(without_us, style_of(old_text))


def _taken_out(path: Path, document: Document, edit: Edit) -> Document:
    try:
        return take_out(document, edit, overwrite=True)
    except WrongTypeError as error:
        raise _wrong_type(path, error) from error


def _changed(old: Document, new: Document, edit: Edit) -> tuple[KeyPath, ...]:
    return tuple(
        change.path for change in edit.changes if _at(old, change.path) != _at(new, change.path)
    )


def _at(document: Document, path: KeyPath) -> tuple[bool, object]:
    current: Any = document
    for key in path:
        if not isinstance(current, dict) or key not in current:
            return False, None
        current = cast("Document", current)[key]
    return True, current


def _text_of(path: Path) -> str | None:
    """Return the file's text with its line ends as they are, or None when there is no file."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise PrerequisiteError(f"`{path}` is not UTF-8 text") from error
    except OSError as error:
        raise PrerequisiteError(f"cannot read `{path}`: {reason_of(error)}") from error


def _mode_of(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


def _wrong_type(path: Path, error: WrongTypeError) -> SettingsError:
    key = ".".join(error.path)
    problem = Problem(str(path), None, key, f"not {error.expected}")
    return SettingsError(
        f"`{path}` cannot be edited",
        problems=[problem],
        hint="correct the file by hand; nothing was changed",
    )


def _edited(path: Path, keys: list[KeyPath] | tuple[KeyPath, ...]) -> WouldOverwrite:
    names = [".".join(key) for key in keys]
    return WouldOverwrite(
        f"{len(names)} of the keys in `{path}` changed since ccglm wrote them",
        details=names,
        data={"edited_since": names},
        hint="nothing was undone; `ccglm claude-env --undo --force` sets them back too and keeps a "
        "backup",
    )
