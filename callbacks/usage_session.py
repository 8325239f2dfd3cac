"""What the usage store knows of one session of a client: for the status line, so it loads little.

No dataclass here: their module takes longer to import than the questions take to answer.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

_LAST = """
SELECT
    provider || '/' || served_model AS member,
    input_tokens + output_tokens AS context_tokens,
    fallback_from,
    fallback_cause
FROM requests
WHERE session_id = ? AND agent_id IS NULL AND outcome = 'served'
ORDER BY requested_model = ? DESC, started_at_ms DESC
LIMIT 1
"""
_NEWEST = """
SELECT outcome, fault FROM requests WHERE session_id = ? ORDER BY started_at_ms DESC LIMIT 1
"""
_SUMS = """
SELECT
    count(*) AS requests,
    coalesce(sum(cost_usd), 0.0) AS cost_usd,
    sum(iif(output_ms > 0, output_tokens, 0)) * 1000.0 / nullif(sum(output_ms), 0) AS tokens_per_s
FROM requests WHERE session_id = ?
"""


class Answered(NamedTuple):
    """The newest request of the conversation itself that was served."""

    member: str
    """Who served it, `provider/model`."""
    context_tokens: int
    """Input and output: what the next request will carry."""
    fallback_from: str | None
    fallback_cause: str | None


class SessionUsage(NamedTuple):
    """A session so far, its subagents included."""

    requests: int
    cost_usd: float
    output_tokens_per_s: float | None
    answered: Answered | None
    """None when nothing was served yet."""
    fault: str | None
    """Why the newest request failed; None when it did not."""


def session_usage(
    connection: sqlite3.Connection, session_id: str, requested_model: str = ""
) -> SessionUsage:
    """Return what is known of a session.

    Args:
        connection: From `read_store`.
        session_id: The client's.
        requested_model: The model name of the conversation; titles and other small requests of a
            client ask for another one and have a context of their own.
    """
    sums = connection.execute(_SUMS, (session_id,)).fetchone()
    last = connection.execute(_LAST, (session_id, requested_model)).fetchone()
    newest = connection.execute(_NEWEST, (session_id,)).fetchone()
    fault = newest["fault"] if newest is not None and newest["outcome"] == "failed" else None
    return SessionUsage(
        sums["requests"],
        sums["cost_usd"],
        sums["tokens_per_s"],
        None if last is None else Answered(*last),
        fault,
    )
