"""The last requests that failed or fell back, from the usage store: names, causes and times, no contents."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from callbacks.usage_schema import StoreError, read_store

if TYPE_CHECKING:
    from pathlib import Path

SHOWN: Final = 15
_LAST: Final = """
SELECT request_id, started_at_ms, requested_model, provider, served_model, outcome, status, fault,
    fallback_from, fallback_cause
FROM requests
WHERE outcome = 'failed' OR fallback_from IS NOT NULL
ORDER BY started_at_ms DESC LIMIT ?
"""


def recent_failures(path: Path) -> list[str]:
    """Return one line for each of the last requests that did not go as wished, oldest first.

    Args:
        path: The usage store; a missing one has none.

    Returns:
        Lines; one that says so when the store cannot be read.
    """
    try:
        connection = read_store(path)
        if connection is None:
            return []
        with closing(connection):
            rows = connection.execute(_LAST, (SHOWN,)).fetchall()
    except (StoreError, sqlite3.DatabaseError) as error:
        return [str(error)]
    return [_line(row) for row in reversed(rows)]


def _line(row: sqlite3.Row) -> str:
    moment = datetime.fromtimestamp(row["started_at_ms"] / 1000, UTC)
    served = f"{row['provider']}/{row['served_model']}" if row["served_model"] else "nobody"
    parts = [
        f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        row["outcome"],
        f"{row['requested_model']} -> {served}",
        f"status {row['status']}" if row["status"] else "",
        f"fault {row['fault']}" if row["fault"] else "",
        f"instead of {row['fallback_from']}: {row['fallback_cause']}" if row["fallback_from"] else "",
    ]  # fmt: skip
    return "  ".join(part for part in parts if part)
