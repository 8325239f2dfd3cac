"""One request becomes one row with its hops and tools, and goes with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_rows import (
    PRUNE_STEP_ROWS,
    UsageHop,
    UsageRow,
    insert_row,
    prune_rows,
    wall_clock_ms,
)
from callbacks.usage_schema import open_store
from tests.helpers.usage_builders import DAY_MS, NOON_MS, a_hop, a_store, a_usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "usage.db")) as connection:
        yield connection


def count(store: sqlite3.Connection, table: str) -> int:
    return store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_every_field_of_a_row_comes_back(store: sqlite3.Connection) -> None:
    row = a_usage_row(project="demo", agent_id="agent-7", fallback_from="a/b", fallback_cause="429")

    insert_row(store, row)

    stored = store.execute("SELECT * FROM requests").fetchone()
    for field in fields(UsageRow):
        if field.name not in ("hops", "tools"):
            assert stored[field.name] == getattr(row, field.name), field.name


def test_hops_keep_their_order_and_every_field(store: sqlite3.Connection) -> None:
    first = a_hop(outcome="failed", cause="rate_limit", status=429, first_byte_ms=None)
    second = a_hop(provider="zai", model="glm-4.7", key_label="ZAI_API_KEY")

    insert_row(store, a_usage_row(hops=(first, second)))

    stored = store.execute("SELECT * FROM hops ORDER BY number").fetchall()
    assert [row["number"] for row in stored] == [1, 2]
    for row, hop in zip(stored, (first, second), strict=True):
        for field in fields(UsageHop):
            assert row[field.name] == getattr(hop, field.name), field.name


def test_tools_are_counted_by_name(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row(tools=("Read", "Bash", "Read")))

    rows = store.execute("SELECT name, calls FROM tools_called ORDER BY name").fetchall()
    assert [tuple(row) for row in rows] == [("Bash", 1), ("Read", 2)]


def test_a_request_is_kept_once(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row(request_id="same", outcome="served", tools=("Read",)))
    insert_row(store, a_usage_row(request_id="same", outcome="failed", tools=("Read", "Bash")))

    assert store.execute("SELECT outcome FROM requests").fetchall()[0]["outcome"] == "served"
    assert (count(store, "requests"), count(store, "hops"), count(store, "tools_called")) == (
        1,
        1,
        1,
    )


def test_pruning_takes_hops_and_tools_along_and_keeps_the_rest(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row(started_at_ms=NOON_MS - DAY_MS, tools=("Read",)))
    insert_row(store, a_usage_row(started_at_ms=NOON_MS, tools=("Bash",)))

    assert prune_rows(store, NOON_MS) == 1

    assert (count(store, "requests"), count(store, "hops"), count(store, "tools_called")) == (
        1,
        1,
        1,
    )
    assert store.execute("SELECT name FROM tools_called").fetchone()["name"] == "Bash"


def test_pruning_goes_on_past_one_step_and_gives_space_back(tmp_path: Path) -> None:
    old = (a_usage_row(started_at_ms=1) for _ in range(PRUNE_STEP_ROWS + 5))
    path = a_store(tmp_path / "usage.db", old)
    before_bytes = path.stat().st_size

    with closing(open_store(path)) as connection:
        assert prune_rows(connection, NOON_MS) == PRUNE_STEP_ROWS + 5
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert path.stat().st_size < before_bytes / 4


def test_the_clock_counts_milliseconds_since_1970() -> None:
    assert wall_clock_ms() > NOON_MS - 400 * DAY_MS
    assert isinstance(wall_clock_ms(), int)
