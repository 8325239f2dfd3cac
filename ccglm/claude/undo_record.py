"""The record of what `claude-env` changed in one settings file, kept until it is undone.

Lies in the state folder, one file for each settings file, readable by the owner alone: it holds the
text of the settings as they were, and what was written, tokens included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccglm.claude.settings_edit import Edit
from ccglm.errors import PrerequisiteError
from ccglm.files import SECRET_MODE, make_folder, read_text, write_atomic


class UndoRecord(BaseModel):
    """What was changed in one settings file, and the file as it was before the first change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    settings_file: str = Field(description="Absolute path, symbolic links resolved.")
    edit: Edit = Field(description="The keys that were put in.")
    original_text: str | None = Field(description="The file before; null: there was none.")
    original_mode: int | None = Field(description="Its permission bits; null: there was none.")
    written_text: str = Field(description="The file as ccglm wrote it last.")
    made_folder: bool = Field(description="Whether the folder was made for the file.")
    backups: tuple[str, ...] = Field(default=(), description="Absolute paths of the backups made.")

    def with_backups(self, backups: Sequence[Path]) -> UndoRecord:
        """Return the record with further backups noted."""
        return self.model_copy(update={"backups": (*self.backups, *map(str, backups))})


class UndoRecords:
    """The undo records of a state folder."""

    def __init__(self, state_folder: Path) -> None:
        self._folder = state_folder / "claude-env"

    def read(self, settings_file: Path) -> UndoRecord | None:
        """Return the record of a settings file, or None when nothing of ours is in it.

        Raises:
            PrerequisiteError: The record is there and cannot be read.
        """
        place = self._place(settings_file)
        text = read_text(place)
        if text is None:
            return None
        try:
            return UndoRecord.model_validate_json(text)
        except ValidationError as error:
            raise PrerequisiteError(
                f"`{place}` is not a record this version of ccglm can read",
                hint="it tells what `ccglm claude-env` changed; when you have undone that by hand, "
                "delete it",
            ) from error

    def write(self, record: UndoRecord) -> None:
        """Keep a record, in place of an earlier one for the same settings file."""
        make_folder(self._folder)
        text = record.model_dump_json(indent=2) + "\n"
        write_atomic(self._place(Path(record.settings_file)), text, mode=SECRET_MODE)

    def remove(self, settings_file: Path) -> None:
        """Forget the record of a settings file."""
        self._place(settings_file).unlink(missing_ok=True)

    def settings_files(self) -> list[Path]:
        """Return the settings files that have a record, sorted; unreadable records are left out."""
        found: list[Path] = []
        for place in self._folder.glob("*.json"):
            try:
                record = UndoRecord.model_validate_json(place.read_bytes())
            except (OSError, ValidationError):
                continue
            found.append(Path(record.settings_file))
        return sorted(found)

    def _place(self, settings_file: Path) -> Path:
        path = str(settings_file.resolve())
        return self._folder / f"{hashlib.sha256(path.encode()).hexdigest()[:16]}.json"
