"""What was spent, in the right stretch of time, by the right key."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_budget import Period, period_start, spent_by_key, spent_usd
from callbacks.usage_queries import Span
from callbacks.usage_rows import insert_row
from callbacks.usage_schema import open_store
from tests.helpers.usage_builders import DAY_MS, NOON_MS, a_usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = Span(NOON_MS - DAY_MS // 2, NOON_MS + DAY_MS // 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "usage.db")) as connection:
        yield connection


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", before) if before else monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("period", "now", "start"),
    [
        ("day", datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("day", datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("month", datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)),
        # The clocks were set back on the 25th: that month began in summer time.
        ("month", datetime(2026, 10, 30, 12, tzinfo=UTC), datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("day", datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)
def test_a_period_begins_at_local_midnight(period: Period, now: datetime, start: datetime) -> None:
    assert period_start(now, period) == start


def test_spending_is_summed_by_time_and_key(store: sqlite3.Connection) -> None:
    for key_label, cost_usd, days_ago in (
        ("A", 0.25, 0), ("A", 0.5, 0), ("A", 8.0, 1), ("B", 2.0, 0), ("C", 0.0, 0), (None, 0.0, 0),
    ):  # fmt: skip
        started_at_ms = NOON_MS - days_ago * DAY_MS
        row = a_usage_row(key_label=key_label, cost_usd=cost_usd, started_at_ms=started_at_ms)
        insert_row(store, row)

    assert spent_usd(store, TODAY) == pytest.approx(2.75)
    assert spent_usd(store, TODAY, "A") == pytest.approx(0.75)
    assert spent_usd(store, TODAY, "nobody") == 0.0
    assert spent_by_key(store, TODAY) == {"A": pytest.approx(0.75), "B": 2.0, "C": 0.0}


def test_a_key_is_found_by_its_index(store: sqlite3.Connection) -> None:
    statements: list[str] = []
    store.set_trace_callback(statements.append)
    spent_usd(store, TODAY)
    spent_usd(store, TODAY, "A")
    store.set_trace_callback(None)

    plans = [
        " ".join(row["detail"] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}"))
        for statement in statements
    ]
    assert "USING INDEX requests_by_time (started_at_ms>? AND started_at_ms<?)" in plans[0]
    assert "USING INDEX requests_by_key (key_label=? AND started_at_ms>?" in plans[1]
