"""Files that are never half written and never lost: plan, show, apply.

A plan is made first (what each file is, what it shall be), shown as a diff if wanted, and then applied: every
new text lies beside its target before the first target is replaced.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ccglm.errors import PrerequisiteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SECRET_MODE = 0o600
"""For anything with a key: the owner alone reads and writes it."""
FOLDER_MODE = 0o700
"""For folders of ours: they hold keys and what was asked of which model."""


@dataclass(frozen=True)
class PlannedWrite:
    """One file as it is and as it shall be."""

    path: Path
    old_text: str | None
    """None when there is no such file."""
    new_text: str
    mode: int | None = None
    """Permission bits to set; None keeps the file's own, or the umask's for a new one."""
    keep_backup: bool = False
    """Whether the old file is kept beside the new one."""

    @property
    def changes(self) -> bool:
        """Whether applying it would change anything: the text, or permissions that are too wide."""
        if self.old_text != self.new_text:
            return True
        return self.mode is not None and stat.S_IMODE(self.path.stat().st_mode) != self.mode


def plan_write(
    path: Path, text: str, *, mode: int | None = None, keep_backup: bool = False
) -> PlannedWrite:
    """Return what writing `text` to `path` would change.

    Raises:
        PrerequisiteError: The file that is there cannot be read.
    """
    return PlannedWrite(path, read_text(path), text, mode, keep_backup)


def read_text(path: Path) -> str | None:
    """Return a file's text, or None when there is no such file.

    Raises:
        PrerequisiteError: It cannot be read, or is not UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise PrerequisiteError(f"`{path}` is not UTF-8 text") from error
    except OSError as error:
        raise PrerequisiteError(f"cannot read `{path}`: {reason_of(error)}") from error


def diff_of(plan: Iterable[PlannedWrite]) -> str:
    """Return a unified diff of everything a plan changes; "" when nothing."""
    parts: list[str] = []
    for write in plan:
        lines = difflib.unified_diff(
            (write.old_text or "").splitlines(),
            write.new_text.splitlines(),
            "/dev/null" if write.old_text is None else str(write.path),
            str(write.path),
            lineterm="",
        )
        parts.extend(lines)
    return "\n".join(parts)


def apply_plan(plan: Sequence[PlannedWrite]) -> list[Path]:
    """Write everything that changes; all or nothing up to the last moment.

    Folders are made as needed. Every new text is on the disk before the first file is replaced, so a full
    disk or a folder without permission changes nothing.

    Returns:
        The backups made, in order.

    Raises:
        PrerequisiteError: A file cannot be written; names it and the reason.
    """
    writes = [write for write in plan if write.changes]
    staged: list[tuple[Path, Path]] = []
    try:
        for write in writes:
            target = write.path.resolve()  # a symlink stays one: its target is replaced
            staged.append((_stage(target, write.new_text, write.mode), target))
        backups = [_back_up(w.path) for w in writes if w.keep_backup and w.old_text is not None]
        while staged:
            temporary, target = staged[0]
            temporary.replace(target)
            staged.pop(0)
    except OSError as error:
        raise cannot_write(error) from error
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink()
    return backups


def write_atomic(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a file of our own at once: readers see the old text or the new one, never a part.

    Raises:
        PrerequisiteError: It cannot be written.
    """
    try:
        _stage(path.resolve(), text, mode).replace(path.resolve())
    except OSError as error:
        raise cannot_write(error) from error


def make_folder(path: Path) -> None:
    """Make a folder of ours with its parents; the new folder is the owner's alone.

    Raises:
        PrerequisiteError: It cannot be made.
    """
    try:
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(error, path) from error


def cannot_write(error: OSError, path: Path | None = None) -> PrerequisiteError:
    """Return the error to raise for a failed write, naming the file and the reason."""
    place = path or error.filename or "the file"
    return PrerequisiteError(
        f"cannot write `{place}`: {reason_of(error)}",
        hint="nothing was changed; give yourself write permission there, "
        "or choose another folder with the variable `CCGLM_HOME`",
    )


def reason_of(error: OSError) -> str:
    """Return why the operating system refused: `permission denied`, `no space left on device`."""
    return (error.strerror or str(error)).lower()


def _stage(target: Path, text: str, mode: int | None) -> Path:
    """Write the text to a temporary file beside its target, on the disk for good, and return it."""
    folder = target.parent
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=folder)
    except OSError as error:
        error.filename = str(target)
        raise
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_for(target) if mode is None else mode)
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _mode_for(target: Path) -> int:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0o077)  # the umask can only be read by setting it
        os.umask(umask)
        return 0o666 & ~umask


def _back_up(path: Path) -> Path:
    """Copy a file beside itself under a name that is free, with its permissions, and return the copy."""
    source = path.resolve()
    content = source.read_bytes()
    number = 1
    while True:
        suffix = ".bak" if number == 1 else f".bak{number}"
        backup = source.with_name(source.name + suffix)
        try:
            descriptor = os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET_MODE)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        backup.chmod(stat.S_IMODE(source.stat().st_mode))
        return backup
