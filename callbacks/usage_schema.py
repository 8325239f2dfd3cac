"""The usage store's file: how it is opened, created, and brought up to date.

Used by the writer inside the proxy and by every command that reads the store. Nothing here may
import LiteLLM (importing it costs seconds).

One file serves several processes at once (proxy workers write, commands read), so it is kept in
SQLite's WAL mode: readers never wait for a writer, a killed process loses only what it had not yet
committed, and everybody else waits `BUSY_TIMEOUT_S` at most for the one write lock.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from callbacks.usage_migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

BUSY_TIMEOUT_S = 5.0
"""How long a statement waits for another process to finish its write; a batch of rows takes
milliseconds."""


_WAL_RETRY_S = 0.02
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes carry the plain one in the lowest byte."""


class StoreError(Exception):
    """The usage store cannot be used; the message is a sentence for people."""


class StoreTooNewError(StoreError):
    """A newer ccglm has written this store; this one would misread it."""


class StoreDamagedError(StoreError):
    """The file is not a usage store, or not a sound one."""


OPEN_FAULTS = (sqlite3.Error, StoreError, OSError)
"""What opening a store may raise."""


def open_store(path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """Open the store for writing; create or bring up to date what is missing.

    Args:
        path: The database file. Its folder and the file itself are made readable by their owner
            only.
        busy_timeout_s: How long each statement waits for another process's write.

    Returns:
        A connection in autocommit mode, for the thread that opened it. Close it: leaving a `with`
        block does not.

    Raises:
        StoreTooNewError: A newer ccglm has written the file.
        StoreDamagedError: The file is no sound SQLite database.
        OSError: The folder or the file cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite would create the file with the default mode; its -wal and -shm files copy the mode
    # found here.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connect(path, "rw", busy_timeout_s)
    try:
        _prepare(connection, busy_timeout_s)
        migrate(connection)
    except sqlite3.DatabaseError as err:
        connection.close()
        raise _as_store_error(path, err) from err
    except BaseException:
        connection.close()
        raise
    return connection


def read_store(path: Path) -> sqlite3.Connection | None:
    """Open the store for reading; bring an older one up to date first.

    Args:
        path: The database file.

    Returns:
        A read-only connection to close after use, or None when there is no store yet.

    Raises:
        StoreTooNewError: A newer ccglm has written the file.
        StoreDamagedError: The file is no sound SQLite database.
        StoreError: The file cannot be opened.
    """
    if not path.is_file() or not path.stat().st_size:
        return None
    try:
        connection = _connect(path, "ro", BUSY_TIMEOUT_S)
        try:
            version = _version(connection)
            if version == len(MIGRATIONS):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        with closing(open_store(path)):
            pass
        return _connect(path, "ro", BUSY_TIMEOUT_S)
    except (sqlite3.DatabaseError, OSError) as err:
        raise _as_store_error(path, err) from err


class KeptStore:
    """A connection kept open for long, replaced when the file under its name is another one.

    For one thread, the one that calls `connection` first.
    """

    def __init__(self, path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._connection: sqlite3.Connection | None = None
        self._file_number = 0
        self._abandoned: list[sqlite3.Connection] = []

    def connection(self) -> sqlite3.Connection:
        """Return the connection; open the store when it is not open or its file was deleted.

        Raises:
            StoreError: See `open_store`, as for the others.
            OSError: The folder or the file cannot be written.
        """
        if self._connection is not None and not self._is_in_place():
            # Closing it would make SQLite remove the write-ahead log by its name, which by now is
            # that of the new file.
            self._abandoned.append(self._connection)
            self._connection = None
        if self._connection is None:
            self._connection = open_store(self._path, busy_timeout_s=self._busy_timeout_s)
            self._file_number = self._path.stat().st_ino
        return self._connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _is_in_place(self) -> bool:
        try:
            return self._path.stat().st_ino == self._file_number
        except OSError:
            return False


def migrate(
    connection: sqlite3.Connection,
    migrations: Sequence[Callable[[sqlite3.Connection], None]] = MIGRATIONS,
) -> None:
    """Apply what the file lacks, each migration with its number in one transaction.

    Args:
        connection: In autocommit mode.
        migrations: All of them, in order; the first n of which the file has already seen.

    Raises:
        StoreTooNewError: The file has seen more migrations than there are.
        sqlite3.DatabaseError: A migration failed; the file is as it was before that one.
    """
    if _version(connection) > len(migrations):
        raise StoreTooNewError("a newer ccglm has written the usage store; update this one")
    for number, step in enumerate(migrations, start=1):
        if _version(connection) >= number:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another worker may have applied it while this one waited for the lock.
            if _version(connection) < number:
                step(connection)
                connection.execute(f"PRAGMA user_version = {number:d}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def is_busy(err: Exception) -> bool:
    """Return whether another process held the store for longer than the busy time-out."""
    code = getattr(err, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY_CODE in _BUSY


def _connect(path: Path, mode: str, busy_timeout_s: float) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_timeout_s, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _prepare(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    if _version(connection) == 0:
        # Both are kept in the file, auto_vacuum only before the first table is made; both want the
        # write lock, which an everyday opening should not wait for.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _become_wal(connection, busy_timeout_s)
    # In WAL mode NORMAL survives a killed process whole, and a power cut without damage, at one
    # sync per checkpoint.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _become_wal(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    deadline_s = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as err:
            # SQLite does not wait here by itself when several processes create the store at once.
            if not is_busy(err) or time.monotonic() >= deadline_s:
                raise
            time.sleep(_WAL_RETRY_S)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0])


def _as_store_error(path: Path, err: Exception) -> StoreError:
    damaged = isinstance(err, sqlite3.DatabaseError) and not isinstance(
        err, sqlite3.OperationalError
    )
    if damaged:
        return StoreDamagedError(
            f"`{path}` is damaged or not a usage store ({err}); move it away to start a new one"
        )
    return StoreError(f"the usage store `{path}` cannot be opened: {err}")
