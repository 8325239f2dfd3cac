"""Keeps the proxy's log file small: a new file when it is full, old ones removed after some days.

Called once by `callbacks.serve`. The log is what the process writes to stdout and stderr, whoever writes it, so
nothing passes through here: when the file is full it is renamed, a new one is opened, and both descriptors are
pointed at it in one step each. Nothing is lost and nobody waits. Several worker processes share the file; one of
them renames it, the others notice and follow. Imports no LiteLLM.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

PATH_VARIABLE = "CCGLM_LOG_PATH"
MAX_BYTES_VARIABLE = "CCGLM_LOG_MAX_BYTES"
RETENTION_DAYS_VARIABLE = "CCGLM_LOG_RETENTION_DAYS"

_THREAD_NAME = "log-rotation"
_CHECK_EVERY_S = 5.0
_PRUNE_EVERY_S = 3600.0
_DAY_S = 86_400
_LOG_MODE = 0o600
_STDOUT, _STDERR = 1, 2


def start_rotation(environment: Mapping[str, str]) -> threading.Thread | None:
    """Look after the log for as long as the process lives; one thread a process, however often called.

    Args:
        environment: `CCGLM_LOG_PATH`, `CCGLM_LOG_MAX_BYTES` and `CCGLM_LOG_RETENTION_DAYS`, set by `ccglm up`.

    Returns:
        The thread, or None when stdout is not that log: the process was started by hand.
    """
    path = Path(environment.get(PATH_VARIABLE, ""))
    running = next((t for t in threading.enumerate() if t.name == _THREAD_NAME), None)
    if running is not None:
        return running
    if PATH_VARIABLE not in environment or not _leads_to(path, _STDOUT):
        return None
    limits = (
        int(environment[MAX_BYTES_VARIABLE]),
        int(environment[RETENTION_DAYS_VARIABLE]),
    )
    thread = threading.Thread(
        target=_look_after, args=(path, *limits), name=_THREAD_NAME, daemon=True
    )
    thread.start()
    return thread


def _look_after(path: Path, max_bytes: int, retention_days: int) -> None:
    pruned_at = -_PRUNE_EVERY_S
    while True:
        try:
            rotate_if_due(path, max_bytes)
            if time.monotonic() - pruned_at >= _PRUNE_EVERY_S:
                remove_old(path, retention_days, now_s=time.time())
                pruned_at = time.monotonic()
        except OSError:
            # A full disk or a folder that went away: the log goes on in the file it has.
            pass
        time.sleep(_CHECK_EVERY_S)


def rotate_if_due(path: Path, max_bytes: int) -> bool:
    """Go on in a new file if this one is full, or if another process began a new one.

    Args:
        path: The log, to which stdout and stderr lead.
        max_bytes: Size from which on it counts as full.

    Returns:
        Whether stdout and stderr lead to another file now.

    Raises:
        OSError: The folder cannot be changed; nothing happened then.
    """
    if _leads_to(path, _STDOUT) and os.fstat(_STDOUT).st_size < max_bytes:
        return False
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # Held while the file is renamed and made anew, so that two workers do not rename one after the
        # other.
        fcntl.flock(folder, fcntl.LOCK_EX)
        if _leads_to(path, _STDOUT):
            path.rename(_free_name(path))
        _continue_in(path)
    finally:
        os.close(folder)
    return True


def _leads_to(path: Path, descriptor: int) -> bool:
    try:
        there = path.stat()
    except OSError:
        return False
    mine = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)


def _continue_in(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _LOG_MODE)
    try:
        os.dup2(descriptor, _STDOUT)
        os.dup2(descriptor, _STDERR)
    finally:
        os.close(descriptor)


def _free_name(path: Path) -> Path:
    """Return the name the full file gets: `proxy.log.20261120T120000Z`, with a number if that is taken."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    candidate, number = path.with_name(f"{path.name}.{stamp}"), 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}.{stamp}-{number}")
    return candidate


def remove_old(path: Path, retention_days: int, *, now_s: float) -> list[Path]:
    """Remove the rotated files of a log that nobody wrote to for some days.

    Args:
        path: The log itself, which stays.
        retention_days: How long a file is kept.
        now_s: The time, in seconds since 1970.

    Returns:
        The files removed.
    """
    oldest_s = now_s - retention_days * _DAY_S
    removed = [
        old for old in path.parent.glob(f"{path.name}.2*Z*") if old.stat().st_mtime < oldest_s
    ]
    for old in removed:
        old.unlink(missing_ok=True)
    return removed
