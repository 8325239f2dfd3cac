"""What a session's status line asks of the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_rows import insert_row
from callbacks.usage_schema import open_store
from callbacks.usage_session import Answered, SessionUsage, session_usage
from tests.helpers.usage_builders import NOON_MS, a_usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "usage.db")) as connection:
        yield connection


def test_a_session_nobody_knows_is_empty(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row(session_id="other"))

    assert session_usage(store, "mine", "main") == SessionUsage(0, 0.0, None, None, None)


def test_the_newest_answer_of_the_conversation_counts(store: sqlite3.Connection) -> None:
    rows = [
        {"started_at_ms": NOON_MS, "input_tokens": 100, "output_tokens": 1},
        {"started_at_ms": NOON_MS + 1, "input_tokens": 200, "output_tokens": 2},
        {"started_at_ms": NOON_MS + 2, "requested_model": "haiku", "input_tokens": 3},
        {"started_at_ms": NOON_MS + 3, "agent_id": "a", "input_tokens": 4},
        {"started_at_ms": NOON_MS + 4, "outcome": "cancelled", "input_tokens": 5},
    ]
    for row in rows:
        insert_row(store, a_usage_row(session_id="mine", **row))

    usage = session_usage(store, "mine", "claude-sonnet-4-5")

    assert usage.answered == Answered("cerebras/zai-glm-4.7", 202, None, None)
    assert usage.requests == 5
    assert usage.cost_usd == pytest.approx(0.05)
    assert usage.output_tokens_per_s == pytest.approx((1 + 2 + 500 * 3) / 2.5)
    assert usage.fault is None


def test_a_conversation_whose_model_name_is_not_known_shows_its_newest(
    store: sqlite3.Connection,
) -> None:
    insert_row(store, a_usage_row(started_at_ms=NOON_MS, provider="zai", served_model="glm-4.7"))
    insert_row(store, a_usage_row(started_at_ms=NOON_MS - 1))

    answered = session_usage(store, "session-1", "something else").answered

    assert answered is not None
    assert answered.member == "zai/glm-4.7"


def test_a_fallback_and_a_failure_are_told(store: sqlite3.Connection) -> None:
    fallen = {"fallback_from": "cerebras/zai-glm-4.7", "fallback_cause": "token_quota"}
    insert_row(store, a_usage_row(provider="zai", served_model="glm-4.7", **fallen))
    insert_row(store, a_usage_row(started_at_ms=NOON_MS + 1, outcome="failed", fault="timeout"))

    usage = session_usage(store, "session-1", "claude-sonnet-4-5")

    assert usage.answered is not None
    assert usage.answered[2:] == ("cerebras/zai-glm-4.7", "token_quota")
    assert usage.fault == "timeout"


def test_a_session_is_found_by_the_index(store: sqlite3.Connection) -> None:
    statements: list[str] = []
    store.set_trace_callback(statements.append)
    session_usage(store, "mine", "main")
    store.set_trace_callback(None)

    assert len(statements) == 3
    for statement in statements:
        plan = [row["detail"] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert any("SEARCH requests USING INDEX requests_by_session" in step for step in plan)
