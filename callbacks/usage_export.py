"""Stored requests as plain objects, for other tools: every column, the hops and the tools called.

One object, as `ccglm export --jsonl` prints it; new keys may come, none goes:

    {"request_id", "started_at": "2026-11-21T12:00:00.000Z", "session_id", "agent_id", "project",
    "role", "requested_model", "served_model", "provider", "key_label", "streamed": true,
    "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "cost_usd", "wait_ms",
    "first_token_ms", "output_ms", "duration_ms", "outcome", "status", "fallback_from",
    "fallback_cause", "fault", "hops": [{"provider", "model", "key_label", "started_at",
    "first_byte_ms", "duration_ms", "outcome", "cause", "status"}], "tools": {"Read": 2}}

What is not known is null. Units and meanings are those of `callbacks.usage_rows.UsageRow`.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from callbacks.usage_rows import UsageHop, UsageRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from callbacks.usage_queries import Span

PAGE_ROWS: Final = 500
"""Requests read at once: some 500 KB, and no statement stays open while somebody reads slowly."""

_REQUEST = tuple(f.name for f in fields(UsageRow) if f.name not in ("hops", "tools"))
_HOP = tuple(f.name for f in fields(UsageHop))

_PAGE: Final = """
SELECT * FROM requests
WHERE (started_at_ms, id) > (?, ?) AND started_at_ms < ?
ORDER BY started_at_ms, id LIMIT ?
"""


def stored_requests(connection: sqlite3.Connection, span: Span) -> Iterator[list[dict[str, Any]]]:
    """Yield the requests of a stretch of time as objects, oldest first, in pages.

    Args:
        connection: From `read_store`.
        span: Which requests, by the time they arrived.
    """
    place = (span.since_ms, -1)
    while True:
        rows = connection.execute(_PAGE, (*place, span.until_ms, PAGE_ROWS)).fetchall()
        if not rows:
            return
        place = (rows[-1]["started_at_ms"], rows[-1]["id"])
        yield _objects(connection, rows)


def _objects(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[dict[str, Any]]:
    requests: dict[int, dict[str, Any]] = {}
    for row in rows:
        request = _timed(row, _REQUEST)
        request["streamed"] = bool(request["streamed"])
        requests[row["id"]] = {**request, "hops": [], "tools": {}}
    # Ids are whole numbers of SQLite's own making; a statement takes no more than 999 variables.
    ids = ", ".join(map(str, requests))
    for hop in connection.execute(
        f"SELECT * FROM hops WHERE request IN ({ids}) ORDER BY request, number"  # noqa: S608
    ):
        requests[hop["request"]]["hops"].append(_timed(hop, _HOP))
    for tool in connection.execute(
        f"SELECT * FROM tools_called WHERE request IN ({ids}) ORDER BY request, name"  # noqa: S608
    ):
        requests[tool["request"]]["tools"][tool["name"]] = tool["calls"]
    return list(requests.values())


def _timed(row: sqlite3.Row, columns: tuple[str, ...]) -> dict[str, Any]:
    """Return columns of a row, with the moment it began as text."""
    return dict(
        ("started_at", _utc_text(row[name])) if name == "started_at_ms" else (name, row[name])
        for name in columns
    )


def _utc_text(moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
