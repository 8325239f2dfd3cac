"""Files of ours: who may read them, can they be written, is the usage store whole."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from callbacks.usage_schema import StoreDamagedError, StoreError, read_store
from ccglm.claude.git_check import may_be_committed
from ccglm.doctor.fixes import close_to_others
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.files import FOLDER_MODE, SECRET_MODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Subject

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_CHECKED_STORE_BYTES: Final = 100_000_000
"""SQLite reads a store of that size in about a second; larger ones are only opened."""


def examine_files(subject: Subject) -> Examined:
    """Are keys readable by their owner alone, and can the folders be written."""
    paths = subject.paths
    yield from _folder_findings(paths.state)
    if os.name != "nt":
        yield from _mode_findings(subject)
    if paths.secrets.exists() and may_be_committed(paths.secrets):
        yield Finding(
            f"git does not ignore `{paths.secrets}`",
            "the next commit may take your keys along",
            Remedy(
                "let git ignore it",
                (f"echo {paths.secrets.name} >> {paths.secrets.parent}/.gitignore",),
            ),
            place=str(paths.secrets),
        )
    yield Fact(f"settings {paths.settings}, state {paths.state}")


def _folder_findings(folder: Path) -> Iterator[Finding]:
    if folder.exists() and not folder.is_dir():
        yield Finding(
            f"`{folder}` is a file, where the state folder must be",
            "the proxy cannot write its config, its log and the usage store",
            Remedy("move it away", (f"mv {folder} {folder}.old",)),
            place=str(folder),
        )
        return
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            f"`{there}` cannot be written",
            "the proxy cannot write its config, its log and the usage store",
            Remedy("give yourself permission", (f"sudo chown -R $(id -u) {there}",)),
            place=str(there),
        )
    elif there == folder and _is_open(folder):
        yield Finding(
            f"other users can look into `{folder}`",
            "it holds what was asked of which model, and settings with the proxy's token",
            Remedy(
                "make it yours alone",
                (f"chmod {FOLDER_MODE:o} {folder}",),
                lambda: close_to_others(folder, FOLDER_MODE),
            ),
            Severity.WARNING,
            place=str(folder),
        )


def _is_open(path: Path) -> bool:
    return os.name != "nt" and bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)


def _mode_findings(subject: Subject) -> Iterator[Finding]:
    paths = subject.paths
    if paths.secrets.is_file() and _is_open(paths.secrets):
        yield _open_file(paths.secrets, "it holds your keys", Severity.ERROR)
    for path in (paths.run_record, paths.proxy_config, paths.hook_settings, paths.proxy_log):
        if path.is_file() and _is_open(path):
            yield _open_file(path, "it tells what runs here and how", Severity.WARNING)
    for path in (paths.settings, paths.secrets, paths.state):
        if path.exists() and path.stat().st_uid not in (os.geteuid(), 0):
            yield Finding(
                f"`{path}` belongs to another user",
                "that user can read and change it",
                Remedy("make it yours", (f"sudo chown -R $(id -u) {path}",)),
                place=str(path),
            )


def _open_file(path: Path, why: str, severity: Severity) -> Finding:
    return Finding(
        f"other users can read `{path}`",
        why,
        Remedy(
            "make it readable by you alone",
            (f"chmod {SECRET_MODE:o} {path}",),
            lambda: close_to_others(path, SECRET_MODE),
        ),
        severity,
        place=str(path),
    )


def examine_usage_store(subject: Subject) -> Examined:
    """Can the usage store be read, and is it whole."""
    path = subject.paths.usage_db
    try:
        connection = read_store(path)
    except StoreError as error:
        yield _bad_store(path, error)
        return
    if connection is None:
        raise NotApplicable("no request was recorded yet")
    with closing(connection):
        size_bytes = path.stat().st_size
        if size_bytes <= _CHECKED_STORE_BYTES:
            said = _damage_of(connection)
            if said != "ok":
                yield _bad_store(path, StoreDamagedError(f"`{path}` is damaged: {said}"))
    yield Fact(f"usage store of {size_bytes:,} bytes")


def _damage_of(connection: sqlite3.Connection) -> str:
    """Return what SQLite finds broken first; "ok" for nothing."""
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _bad_store(path: Path, error: StoreError) -> Finding:
    return Finding(
        str(error),
        "requests are served but not recorded, and `ccglm usage` cannot be answered",
        Remedy(
            "move it away while the proxy is down; a new one is begun",
            ("ccglm down", f"mv {path} {path}.damaged", "ccglm up --detach"),
        )
        if isinstance(error, StoreDamagedError)
        else Remedy("install the newer ccglm again, or repair the access to that file"),
        place=str(path),
    )
