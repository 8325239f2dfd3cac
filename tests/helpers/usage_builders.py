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
        "outcome": "served",
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
        "outcome": "served",
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


def a_big_store(path: Path, requests: int) -> Path:
    """Write a store with many requests, one a minute back from `NOON_MS`, made inside SQLite."""
    with closing(open_store(path)) as connection:
        connection.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers LIMIT ?)
            INSERT INTO requests (
                request_id, started_at_ms, session_id, requested_model, served_model, provider,
                key_label, streamed, input_tokens, cached_tokens, output_tokens, reasoning_tokens,
                cost_usd, first_token_ms, output_ms, duration_ms, outcome, fallback_from
            )
            SELECT
                'req_' || n, ? - n * 60000, 'session-' || (n / 50),
                iif(n % 4, 'claude-sonnet-4-5', 'claude-haiku-4-5'),
                iif(n % 5, 'zai-glm-4.7', 'glm-4.7'), iif(n % 5, 'cerebras', 'zai'),
                iif(n % 5, 'CEREBRAS_API_KEY', 'ZAI_API_KEY'), 1, 1000, 400, 100, 10, 0.002,
                200.0, 100.0, 300.0, iif(n % 100, 'served', 'failed'), iif(n % 5, NULL, 'cerebras/x')
            FROM numbers
            """,
            (requests, NOON_MS),
        )
    return path
