"""Usage rows and stores for tests: complete, at a fixed time, every field overridable."""

from __future__ import annotations

import itertools
from contextlib import closing
from typing import TYPE_CHECKING, Any

from callbacks.usage_rows import UsageHop, UsageRow, insert_row
from callbacks.usage_schema import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOON_MS = 1_795_262_400_000
"""2026-11-21 12:00:00 UTC."""
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

_numbers = itertools.count(1)


def a_hop(**changes: Any) -> UsageHop:
    """Return a hop that served."""
    values: dict[str, Any] = {
        "provider": "cerebras",
        "model": "zai-glm-4.7",
        "key_label": "CEREBRAS_API_KEY",
        "started_at_ms": NOON_MS,
        "first_byte_ms": 190.0,
        "duration_ms": 700.0,
        "outcome": "ok",
        "status": 200,
    }
    return UsageHop(**{**values, **changes})


def a_usage_row(**changes: Any) -> UsageRow:
    """Return a request that Cerebras served at once, with an id of its own."""
    values: dict[str, Any] = {
        "request_id": f"req_{next(_numbers):06d}",
        "started_at_ms": NOON_MS,
        "session_id": "session-1",
        "role": "main",
        "requested_model": "claude-sonnet-4-5",
        "served_model": "zai-glm-4.7",
        "provider": "cerebras",
        "key_label": "CEREBRAS_API_KEY",
        "streamed": True,
        "input_tokens": 1000,
        "cached_tokens": 400,
        "output_tokens": 500,
        "reasoning_tokens": 100,
        "cost_usd": 0.01,
        "wait_ms": 5.0,
        "first_token_ms": 200.0,
        "output_ms": 500.0,
        "duration_ms": 700.0,
        "outcome": "ok",
        "status": 200,
        "hops": (a_hop(),),
    }
    return UsageRow(**{**values, **changes})


def a_store(path: Path, rows: Iterable[UsageRow]) -> Path:
    """Write a store that holds the rows; return its path."""
    with closing(open_store(path)) as connection:
        connection.execute("BEGIN")
        for row in rows:
            insert_row(connection, row)
        connection.execute("COMMIT")
    return path
