"""The usage store's tables, as numbered steps from an empty file to today's.

A released step is never edited: files that have taken it exist. A change is one more function at
the end of `MIGRATIONS`. Units are in the names: `_ms` milliseconds, `_at_ms` milliseconds since
1970 UTC, `_usd` US dollars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

# `input_tokens` counts all input, `cached_tokens` the part of it read from the provider's cache,
# `reasoning_tokens` the part of `output_tokens` that was thinking. `wait_ms` runs from the client's
# request to the moment the provider that answered was asked; `output_ms` is the time over which the
# output tokens arrived.
_REQUESTS_001 = """
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    started_at_ms INTEGER NOT NULL,
    session_id TEXT,
    agent_id TEXT,
    project TEXT,
    role TEXT,
    requested_model TEXT NOT NULL,
    served_model TEXT,
    provider TEXT,
    key_label TEXT,
    streamed INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    wait_ms REAL,
    first_token_ms REAL,
    output_ms REAL,
    duration_ms REAL NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    fallback_from TEXT,
    fallback_cause TEXT,
    fault TEXT
)
"""

_HOPS_001 = """
CREATE TABLE hops (
    request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_label TEXT,
    started_at_ms INTEGER NOT NULL,
    first_byte_ms REAL,
    duration_ms REAL,
    outcome TEXT NOT NULL,
    cause TEXT,
    status INTEGER,
    PRIMARY KEY (request, number)
) WITHOUT ROWID
"""

_TOOLS_CALLED_001 = """
CREATE TABLE tools_called (
    request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (request, name)
) WITHOUT ROWID
"""

_CALIBRATION_001 = """
CREATE TABLE calibration (
    model TEXT PRIMARY KEY,
    ratio REAL NOT NULL,
    samples INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) WITHOUT ROWID
"""

_STATE_001 = """
CREATE TABLE state (
    key TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
) WITHOUT ROWID
"""

# Every question is about a stretch of time, about one session (the status line), or about one key
# (budgets).
_INDEXES_001 = (
    "CREATE INDEX requests_by_time ON requests (started_at_ms)",
    "CREATE INDEX requests_by_session ON requests (session_id, started_at_ms)",
    "CREATE INDEX requests_by_key ON requests (key_label, started_at_ms)",
)


def m001_first_tables(connection: sqlite3.Connection) -> None:
    """Create the tables: requests, hops, tools called, calibration, small state."""
    for statement in (
        _REQUESTS_001,
        _HOPS_001,
        _TOOLS_CALLED_001,
        _CALIBRATION_001,
        _STATE_001,
        *_INDEXES_001,
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (m001_first_tables,)
"""In order; a file's `user_version` says how many of them it has taken."""
