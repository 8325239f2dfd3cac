"""The usage store's writer: a bounded queue, and a thread that empties it into SQLite.

The hooks inside the proxy call it from the event loop, so nothing it offers there waits: a full
queue drops the row and counts it; a store that cannot be written costs rows and a line in the log,
never a request. No LiteLLM import.
"""

from __future__ import annotations

import atexit
import json
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callbacks.usage_rows import MS_PER_DAY, UsageRow, insert_row, prune_rows, wall_clock_ms
from callbacks.usage_schema import BUSY_TIMEOUT_S, OPEN_FAULTS, KeptStore, is_busy
from callbacks.usage_state import (
    Calibration,
    add_dropped,
    delete_state,
    store_calibration,
    store_state,
)

if TYPE_CHECKING:
    from pathlib import Path

QUEUE_JOBS: Final = 10_000
"""What may wait: about 20 MB, and a minute and more of the heaviest load that one worker
carries."""
BATCH_JOBS: Final = 500
"""Jobs in one transaction: what has come in while the last one was being written, up to this
many."""
BUSY_TRIES: Final = 12
"""How often a batch is tried while another process holds the store; each try waits for the busy
time-out."""
PRUNE_EVERY_S: Final = 6 * 3600.0
CLOSE_TIMEOUT_S: Final = 5.0
MAX_CAUSES_TOLD: Final = 20
"""Log lines a writer may cost; each cause is told once."""

_JOB_FAULTS: Final = (sqlite3.Error, OverflowError, ValueError)

_log = logging.getLogger("ccglm.usage_store")

Job = Callable[[sqlite3.Connection], None]


class UsageWriter:
    """One thread that owns one connection to the store, and the bounded queue in front of it.

    `start` it in the process that serves (a thread does not survive a fork). Every `put_...`
    returns at once, may be called from the event loop, and is allowed before `start`. `close`
    writes what is queued; it also runs at exit.
    """

    def __init__(
        self,
        path: Path,
        *,
        retention_days: int = 0,
        queue_jobs: int = QUEUE_JOBS,
        prune_every_s: float = PRUNE_EVERY_S,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_ms: Callable[[], int] = wall_clock_ms,
    ) -> None:
        """Remember what to do; nothing is opened yet.

        Args:
            path: The database file, created when the thread starts.
            retention_days: Older requests are deleted, at the start and every `prune_every_s`; 0
                keeps everything.
            queue_jobs: How many jobs may wait before new ones are dropped.
            prune_every_s: Seconds between two deletions.
            busy_timeout_s: How long each try waits for another process to let go of the store.
            now_ms: The clock, milliseconds since 1970 UTC.
        """
        self._store = KeptStore(path, busy_timeout_s)
        self._retention_days = retention_days
        self._queue_jobs = queue_jobs
        self._prune_every_s = prune_every_s
        self._now_ms = now_ms
        # SimpleQueue's put takes no lock in Python and can never wait; its bound is kept in `_put`.
        self._queue: queue.SimpleQueue[Job | threading.Event | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._dropped_full = 0
        self._dropped_failed = 0
        self._dropped_stored = 0
        self._written = 0
        self._told: set[str] = set()

    @property
    def queued(self) -> int:
        """How many jobs wait to be written."""
        return self._queue.qsize()

    @property
    def written(self) -> int:
        """How many jobs this writer has committed."""
        return self._written

    @property
    def dropped(self) -> int:
        """How many jobs were lost: the queue was full, or the store refused them."""
        return self._dropped_full + self._dropped_failed

    def start(self) -> None:
        """Start the thread; nothing happens when it runs already."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, name="usage-writer", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def put_row(self, row: UsageRow) -> bool:
        """Queue a request; False when it was dropped because the queue is full or closed."""
        return self._put(partial(insert_row, row=row))

    def put_calibration(self, model: str, ratio: float, samples: int) -> bool:
        """Queue what is known of a model's token estimate; False when it was dropped."""
        known = Calibration(model, ratio, samples)
        return self._put(partial(store_calibration, known=known, now_ms=self._now_ms()))

    def put_state(self, key: str, value: Any) -> bool:
        """Queue a value to be kept under a key; False when it was dropped.

        Raises:
            TypeError: The value cannot be written as JSON.
        """
        text = json.dumps(value, separators=(",", ":"))
        return self._put(partial(store_state, key=key, text=text, now_ms=self._now_ms()))

    def delete_state(self, key: str) -> bool:
        """Queue that a key be forgotten; False when that was dropped."""
        return self._put(partial(delete_state, key=key))

    def flush(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Wait until everything queued so far is written or dropped; not for the event loop.

        Returns:
            False when the time was over first, or the writer is not running.
        """
        if self._thread is None or not self._thread.is_alive():
            return False
        done = threading.Event()
        self._queue.put(done)
        return done.wait(timeout_s)

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Write what is queued and end the thread; further jobs are dropped.

        It waits, so never call it on the event loop.

        Returns:
            False when the thread did not end in time.
        """
        self._closed = True
        if self._thread is None:
            return True
        atexit.unregister(self.close)
        self._queue.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _put(self, job: Job) -> bool:
        if self._closed or self._queue.qsize() >= self._queue_jobs:
            self._dropped_full += 1
            return False
        self._queue.put(job)
        return True

    def _run(self) -> None:
        prune_at = time.monotonic()
        closing = False
        while not closing:
            if time.monotonic() >= prune_at:
                self._prune()
                prune_at = time.monotonic() + self._prune_every_s
            try:
                first = self._queue.get(timeout=max(prune_at - time.monotonic(), 0.0))
            except queue.Empty:
                continue
            batch = self._collect(first)
            self._write(batch.jobs)
            for event in batch.flushed:
                event.set()
            closing = batch.closing
        self._store.close()

    def _collect(self, first: Job | threading.Event | None) -> _Batch:
        batch = _Batch()
        item = first
        while True:
            if item is None:
                batch.closing = True
                return batch
            if isinstance(item, threading.Event):
                batch.flushed.append(item)
            else:
                batch.jobs.append(item)
            if len(batch.jobs) >= BATCH_JOBS:
                return batch
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch

    def _write(self, jobs: list[Job]) -> None:
        if not jobs:
            return
        connection = self._connect()
        if connection is None:
            self._dropped_failed += len(jobs)
            return
        done = self._commit(connection, jobs)
        if done is _Commit.REFUSED and len(jobs) > 1:
            # One job that the store refuses must not take the others with it.
            for job in jobs:
                self._write([job])
        elif done is not _Commit.DONE:
            self._dropped_failed += len(jobs)

    def _commit(self, connection: sqlite3.Connection, jobs: list[Job]) -> _Commit:
        lost = self.dropped - self._dropped_stored
        for attempt in range(BUSY_TRIES):
            if attempt and self._closed:
                break
            try:
                connection.execute("BEGIN IMMEDIATE")
                for job in jobs:
                    job(connection)
                if lost:
                    add_dropped(connection, lost, self._now_ms())
                connection.execute("COMMIT")
            except _JOB_FAULTS as err:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._tell("written", err)
                if not is_busy(err):
                    return _Commit.REFUSED
            else:
                self._written += len(jobs)
                self._dropped_stored += lost
                return _Commit.DONE
        return _Commit.BUSY

    def _prune(self) -> None:
        connection = self._connect() if self._retention_days else None
        if connection is None:
            return
        try:
            prune_rows(connection, self._now_ms() - self._retention_days * MS_PER_DAY)
        except sqlite3.Error as err:
            self._tell("pruned", err)

    def _connect(self) -> sqlite3.Connection | None:
        try:
            return self._store.connection()
        except OPEN_FAULTS as err:
            self._tell("opened", err)
            return None

    def _tell(self, what: str, err: Exception) -> None:
        cause = f"{what}: {err}"
        if cause not in self._told and len(self._told) < MAX_CAUSES_TOLD:
            self._told.add(cause)
            _log.warning("the usage store cannot be %s", cause)


class _Commit(Enum):
    DONE = auto()
    REFUSED = auto()
    BUSY = auto()


@dataclass(slots=True)
class _Batch:
    jobs: list[Job] = field(default_factory=list["Job"])
    flushed: list[threading.Event] = field(default_factory=list[threading.Event])
    closing: bool = False
