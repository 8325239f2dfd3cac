"""What is stored comes out again: all of it, in order, in pages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

from callbacks import usage_export
from callbacks.usage_export import stored_requests
from callbacks.usage_queries import Span
from callbacks.usage_rows import insert_row
from callbacks.usage_schema import open_store
from tests.helpers.usage_builders import NOON_MS, a_hop, a_usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALWAYS = Span(0, NOON_MS * 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "usage.db")) as connection:
        yield connection


def test_a_request_comes_out_with_hops_and_tools(store: sqlite3.Connection) -> None:
    hops = (a_hop(outcome="failed", cause="token_quota", status=429), a_hop(provider="zai"))
    row = a_usage_row(request_id="req_1", hops=hops, tools=("Read", "Bash", "Read"))
    insert_row(store, row)

    ((request,),) = list(stored_requests(store, ALWAYS))

    assert request == snapshot(
        {
            "request_id": "req_1",
            "started_at": "2026-11-21T12:00:00.000Z",
            "session_id": "session-1",
            "agent_id": None,
            "project": None,
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
            "fallback_from": None,
            "fallback_cause": None,
            "fault": None,
            "hops": [
                {
                    "provider": "cerebras",
                    "model": "zai-glm-4.7",
                    "key_label": "CEREBRAS_API_KEY",
                    "started_at": "2026-11-21T12:00:00.000Z",
                    "first_byte_ms": 190.0,
                    "duration_ms": 700.0,
                    "outcome": "failed",
                    "cause": "token_quota",
                    "status": 429,
                },
                {
                    "provider": "zai",
                    "model": "zai-glm-4.7",
                    "key_label": "CEREBRAS_API_KEY",
                    "started_at": "2026-11-21T12:00:00.000Z",
                    "first_byte_ms": 190.0,
                    "duration_ms": 700.0,
                    "outcome": "served",
                    "cause": None,
                    "status": 200,
                },
            ],
            "tools": {"Bash": 1, "Read": 2},
        }
    )
    assert list(request)[:2] == ["request_id", "started_at"]


def test_pages_follow_each_other_without_gap_or_repetition(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_export, "PAGE_ROWS", 3)
    # Several of one millisecond, put in out of order.
    for number, offset_ms in enumerate((5, 1, 1, 1, 1, 9, 1, 0)):
        row = a_usage_row(request_id=f"r{number}", started_at_ms=NOON_MS + offset_ms)
        insert_row(store, row)

    pages = list(stored_requests(store, ALWAYS))

    assert [[request["request_id"] for request in page] for page in pages] == [
        ["r7", "r1", "r2"],
        ["r3", "r4", "r6"],
        ["r0", "r5"],
    ]


def test_only_the_stretch_of_time_comes_out(store: sqlite3.Connection) -> None:
    for offset_ms in (-1, 0, 4, 5):
        insert_row(store, a_usage_row(started_at_ms=NOON_MS + offset_ms))

    (page,) = list(stored_requests(store, Span(NOON_MS, NOON_MS + 5)))

    assert [request["started_at"] for request in page] == [
        "2026-11-21T12:00:00.000Z",
        "2026-11-21T12:00:00.004Z",
    ]
    assert list(stored_requests(store, Span(1, 2))) == []


def test_a_page_is_found_by_the_time_index(store: sqlite3.Connection) -> None:
    statements: list[str] = []
    store.set_trace_callback(statements.append)
    assert list(stored_requests(store, ALWAYS)) == []
    store.set_trace_callback(None)

    (statement,) = statements
    plan = [row["detail"] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert any("SEARCH requests USING INDEX requests_by_time" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan)
