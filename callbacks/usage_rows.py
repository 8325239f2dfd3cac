"""What the usage store keeps of one request, and how it is put into the tables.

Called by the writer thread only. A row holds names, numbers and causes; never text of a prompt or
an answer, and never an argument of a tool.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

MS_PER_DAY = 86_400_000
PRUNE_STEP_ROWS = 2000
"""Rows deleted in one transaction: some 20 ms, so that a row that waits to be written does not wait
long."""


def wall_clock_ms() -> int:
    """Return milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageHop:
    """One attempt to have a request answered: one provider, one model, one key."""

    provider: str
    model: str
    key_label: str | None = None
    """The name of the key's variable, never the key."""
    started_at_ms: int
    first_byte_ms: float | None = None
    """From the start of this hop; None when nothing came."""
    duration_ms: float | None = None
    outcome: str
    cause: str | None = None
    """Why it failed, as one word or a few with underscores; None when it served."""
    status: int | None = None
    """The provider's HTTP status; None when there was no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One client request, however many hops it took."""

    request_id: str
    started_at_ms: int
    session_id: str | None = None
    agent_id: str | None = None
    project: str | None = None
    role: str | None = None
    requested_model: str
    served_model: str | None = None
    """None when nobody served."""
    provider: str | None = None
    key_label: str | None = None
    streamed: bool = False
    input_tokens: int = 0
    """All input, cached or not."""
    cached_tokens: int = 0
    """The part of the input that was read from the provider's cache."""
    output_tokens: int = 0
    reasoning_tokens: int = 0
    """The part of the output that was thinking; 0 when the provider does not tell."""
    cost_usd: float = 0.0
    wait_ms: float | None = None
    """From the client's request until the provider that answered was asked: routing, quota wait,
    failed hops."""
    first_token_ms: float | None = None
    """From the client's request; None for an answer that was not streamed."""
    output_ms: float | None = None
    """The time over which the output tokens arrived."""
    duration_ms: float
    outcome: str
    """`served`, `failed`, or `cancelled` when the client went away."""
    status: int | None = None
    """The HTTP status the client got."""
    fallback_from: str | None = None
    """`provider/model` that was tried first, when another one served or all failed."""
    fallback_cause: str | None = None
    fault: str | None = None
    """Why it failed, when it failed."""
    hops: tuple[UsageHop, ...] = ()
    tools: tuple[str, ...] = ()
    """Names of the tools the answer called, one entry a call."""


_REQUEST_COLUMNS = tuple(f.name for f in fields(UsageRow) if f.name not in ("hops", "tools"))
_HOP_COLUMNS = tuple(f.name for f in fields(UsageHop))


def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    # A request that is known already keeps its first row: a batch that is tried again must not
    # count twice.
    values = ", ".join("?" * len(columns))
    into = f"INSERT INTO {table} ({names})"
    return f"{into} VALUES ({values}) ON CONFLICT DO NOTHING"


_INSERT_REQUEST = _insert("requests", _REQUEST_COLUMNS)
_INSERT_HOP = _insert("hops", ("request", "number", *_HOP_COLUMNS))
_INSERT_TOOL = _insert("tools_called", ("request", "name", "calls"))


def insert_row(connection: sqlite3.Connection, row: UsageRow) -> None:
    """Put a request with its hops and tools into the store, unless it is there already.

    Raises:
        sqlite3.Error: The store refused it.
        OverflowError: A number does not fit into 64 bits.
        ValueError: A text cannot be encoded.
    """
    values = [getattr(row, name) for name in _REQUEST_COLUMNS]
    cursor = connection.execute(_INSERT_REQUEST, values)
    if cursor.rowcount != 1:
        return
    request = cursor.lastrowid
    for number, hop in enumerate(row.hops, start=1):
        connection.execute(
            _INSERT_HOP, [request, number, *(getattr(hop, name) for name in _HOP_COLUMNS)]
        )
    for name, calls in Counter(row.tools).items():
        connection.execute(_INSERT_TOOL, [request, name, calls])


def prune_rows(connection: sqlite3.Connection, before_ms: int) -> int:
    """Delete the requests that started before a moment, with their hops, and give back the space.

    Args:
        connection: In autocommit mode; each step is a transaction of its own.
        before_ms: Milliseconds since 1970 UTC.

    Returns:
        How many requests were deleted.
    """
    deleted = 0
    while True:
        step = connection.execute(
            "DELETE FROM requests WHERE id IN"
            " (SELECT id FROM requests WHERE started_at_ms < ? LIMIT ?)",
            (before_ms, PRUNE_STEP_ROWS),
        ).rowcount
        deleted += step
        if step < PRUNE_STEP_ROWS:
            break
    if deleted:
        # `execute` would take one step of this statement, which frees a single page (Python 3.11).
        connection.executescript("PRAGMA incremental_vacuum")
    return deleted
