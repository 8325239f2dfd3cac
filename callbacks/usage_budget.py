"""What was spent in a day or a month, altogether and by key: what budgets are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callbacks.usage_queries import Span

Period = Literal["day", "month"]


def period_start(now: datetime, period: Period) -> datetime:
    """Return when the running day or month began where this machine stands.

    Args:
        now: An aware moment.
        period: Which of the two.

    Returns:
        Local midnight, aware.
    """
    local = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if period == "month":
        local = local.replace(day=1)
    # Taken as local time again, because the offset at midnight need not be the one of now.
    return local.astimezone()


def spent_usd(connection: sqlite3.Connection, span: Span, key_label: str | None = None) -> float:
    """Return what the requests of a stretch of time cost, in USD.

    Args:
        connection: From `read_store` or `open_store`.
        span: Which requests, by the time they arrived.
        key_label: Only those that this key served; None for all.
    """
    sql = "SELECT coalesce(sum(cost_usd), 0.0) FROM requests WHERE "
    when = "started_at_ms >= ? AND started_at_ms < ?"
    if key_label is None:
        row = connection.execute(sql + when, span).fetchone()
    else:
        row = connection.execute(f"{sql}key_label = ? AND {when}", (key_label, *span)).fetchone()
    return float(row[0])


def spent_by_key(connection: sqlite3.Connection, span: Span) -> dict[str, float]:
    """Return what each key cost in a stretch of time, in USD; a free one is there with 0."""
    rows = connection.execute(
        "SELECT key_label, sum(cost_usd) AS spent_usd FROM requests"
        " WHERE started_at_ms >= ? AND started_at_ms < ? AND key_label IS NOT NULL"
        " GROUP BY key_label ORDER BY key_label",
        span,
    )
    return {row["key_label"]: row["spent_usd"] for row in rows}
