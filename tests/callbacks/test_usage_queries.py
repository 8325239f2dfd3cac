"""Sums over the store: right for every grouping, and served by the time index however large it is."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.usage_queries import (
    BYS,
    By,
    Span,
    TokenPrices,
    Totals,
    provider_shares,
    recorded_span,
    total,
    totals_by,
)
from callbacks.usage_rows import UsageRow, insert_row
from callbacks.usage_schema import open_store, read_store
from tests.helpers.usage_builders import (
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    a_big_store,
    a_store,
    a_usage_row,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

ALWAYS = Span(0, NOON_MS * 2)
PRICES = {
    "opus": TokenPrices(15.0, 1.5, 75.0),
    "sonnet": TokenPrices(3.0, 0.3, 15.0),
    "haiku": TokenPrices(1.0, 0.1, 5.0),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "usage.db")) as connection:
        yield connection


@pytest.fixture
def utc() -> Iterator[None]:
    yield from _zone("UTC")


@pytest.fixture
def berlin() -> Iterator[None]:
    yield from _zone("Europe/Berlin")


def _zone(name: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def keys(store: sqlite3.Connection, by: By) -> list[tuple[object, int]]:
    return [(g.key, g.totals.requests) for g in totals_by(store, by, ALWAYS, PRICES)]


def test_an_empty_store_sums_to_nothing(store: sqlite3.Connection) -> None:
    assert total(store, ALWAYS, PRICES) == Totals(
        requests=0,
        served=0,
        failed=0,
        cancelled=0,
        fallbacks=0,
        input_tokens=0,
        cached_tokens=0,
        output_tokens=0,
        reasoning_tokens=0,
        cost_usd=0.0,
        claude_cost_usd=0.0,
        output_tokens_per_s=None,
        first_token_ms=None,
    )
    assert total(store, ALWAYS, PRICES).cache_hit_share is None
    assert provider_shares(store, ALWAYS) == []
    assert recorded_span(store) is None
    for by in BYS:
        assert totals_by(store, by, ALWAYS, PRICES) == []


def test_totals_add_up(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row())
    insert_row(store, a_usage_row(fallback_from="cerebras/zai-glm-4.7", fallback_cause="limit"))
    insert_row(
        store,
        a_usage_row(
            outcome="failed", provider=None, served_model=None, input_tokens=0, cached_tokens=0,
            output_tokens=0, reasoning_tokens=0, cost_usd=0.0, first_token_ms=None, output_ms=None,
            fallback_from="cerebras/zai-glm-4.7",
        ),
    )  # fmt: skip
    insert_row(store, a_usage_row(outcome="cancelled", streamed=False, first_token_ms=600.0))

    totals = total(store, ALWAYS, PRICES)

    assert (totals.requests, totals.served, totals.failed, totals.cancelled) == (4, 2, 1, 1)
    assert totals.fallbacks == 1, "a request that nobody served has not fallen back"
    assert (totals.input_tokens, totals.cached_tokens) == (3000, 1200)
    assert (totals.output_tokens, totals.reasoning_tokens) == (1500, 300)
    assert totals.cost_usd == pytest.approx(0.03)
    assert totals.claude_cost_usd == pytest.approx(3 * (600 * 3 + 400 * 0.3 + 500 * 15) / 1e6)
    assert totals.output_tokens_per_s == pytest.approx(1500 / 1.5)
    assert totals.first_token_ms == pytest.approx((200 + 200 + 600) / 3)
    assert totals.cache_hit_share == pytest.approx(0.4)


def test_a_span_takes_its_first_moment_and_not_its_last(store: sqlite3.Connection) -> None:
    for offset_ms in (-1, 0, 9, 10):
        insert_row(store, a_usage_row(started_at_ms=NOON_MS + offset_ms))

    span = Span(NOON_MS, NOON_MS + 10)

    assert total(store, span, PRICES).requests == 2
    assert sum(g.totals.requests for g in totals_by(store, "role", span, PRICES)) == 2
    assert sum(share.requests for share in provider_shares(store, span)) == 2


@pytest.mark.parametrize(
    ("requested_model", "tier"),
    [
        ("claude-opus-4-1", "opus"), ("OPUS", "opus"), ("claude-haiku-4-5", "haiku"),
        ("sonnet[1m]", "sonnet"), ("main", "sonnet"), ("cerebras/zai-glm-4.7", "sonnet"),
    ],
)  # fmt: skip
def test_the_requested_model_decides_which_list_price_counts(
    store: sqlite3.Connection, requested_model: str, tier: str
) -> None:
    insert_row(store, a_usage_row(requested_model=requested_model, cached_tokens=0))

    price = PRICES[tier]
    expected = (1000 * price.input + 500 * price.output) / 1e6
    assert total(store, ALWAYS, PRICES).claude_cost_usd == pytest.approx(expected)


def test_without_list_prices_the_comparison_is_nothing(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row())

    totals = total(store, ALWAYS, {})

    assert (totals.requests, totals.claude_cost_usd) == (1, 0.0)


@pytest.mark.parametrize(
    ("by", "column", "values", "expected"),
    [
        ("provider", "provider", ["zai", "zai", "cerebras"], [("zai", 2), ("cerebras", 1)]),
        ("key", "key_label", ["A", "B", "A"], [("A", 2), ("B", 1)]),
        ("session", "session_id", ["s", None, None], [(None, 2), ("s", 1)]),
        ("project", "project", ["/p", "/p", None], [("/p", 2), (None, 1)]),
        ("role", "role", ["main", "fast", "main"], [("main", 2), ("fast", 1)]),
        ("outcome", "outcome", ["served", "failed", "served"], [("served", 2), ("failed", 1)]),
        ("cause", "fallback_cause", [None, None, "limit"], [(None, 2), ("limit", 1)]),
        ("cause", "fault", ["reset", "reset", None], [("reset", 2), (None, 1)]),
    ],
)
def test_groups_come_with_the_busiest_first(
    store: sqlite3.Connection,
    by: By,
    column: str,
    values: list[str | None],
    expected: list[tuple[object, int]],
) -> None:
    for value in values:
        insert_row(store, a_usage_row(**{column: value}))

    assert keys(store, by) == expected


def test_models_are_named_with_their_provider(store: sqlite3.Connection) -> None:
    insert_row(store, a_usage_row(provider="zai", served_model="glm-4.7"))
    insert_row(store, a_usage_row(provider=None, served_model=None))

    assert keys(store, "model") == [(None, 1), ("zai/glm-4.7", 1)]


@pytest.mark.usefixtures("berlin")
def test_a_day_is_a_day_where_the_machine_stands(store: sqlite3.Connection) -> None:
    for hours in (-13.5, -12.5, 10.5, 11.5):  # 22:30 UTC the day before, and so on
        insert_row(store, a_usage_row(started_at_ms=int(NOON_MS + hours * HOUR_MS)))

    assert keys(store, "day") == [("2026-11-20", 1), ("2026-11-21", 2), ("2026-11-22", 1)]


@pytest.mark.usefixtures("utc")
def test_days_and_hours_come_in_the_order_of_time(store: sqlite3.Connection) -> None:
    for days in (0, 2, 1, 1):
        insert_row(store, a_usage_row(started_at_ms=NOON_MS - days * DAY_MS + 1000))

    assert [key for key, _ in keys(store, "day")] == ["2026-11-19", "2026-11-20", "2026-11-21"]
    assert keys(store, "hour") == [
        (NOON_MS - 2 * DAY_MS, 1),
        (NOON_MS - DAY_MS, 2),
        (NOON_MS, 1),
    ]


def test_the_store_knows_how_far_back_it_goes(store: sqlite3.Connection) -> None:
    for days in (1, 3, 2):
        insert_row(store, a_usage_row(started_at_ms=NOON_MS - days * DAY_MS))

    assert recorded_span(store) == Span(NOON_MS - 3 * DAY_MS, NOON_MS - DAY_MS)


def test_shares_are_of_what_was_served(store: sqlite3.Connection) -> None:
    for provider, outcome in (
        ("cerebras", "served"), ("cerebras", "served"), ("cerebras", "served"), ("zai", "served"),
        ("zai", "cancelled"), (None, "failed"),
    ):  # fmt: skip
        insert_row(store, a_usage_row(provider=provider, outcome=outcome))

    shares = [(s.provider, s.requests, s.share) for s in provider_shares(store, ALWAYS)]
    assert shares == [("cerebras", 3, 0.75), ("zai", 1, 0.25)]


rows = st.builds(
    a_usage_row,
    started_at_ms=st.integers(NOON_MS - 3 * DAY_MS, NOON_MS),
    role=st.sampled_from(["main", "fast", None]),
    session_id=st.sampled_from(["a", "b", None]),
    provider=st.sampled_from(["cerebras", "zai", None]),
    outcome=st.sampled_from(["served", "failed", "cancelled"]),
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**5),
    output_ms=st.none() | st.floats(0, 10**6),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=st.lists(rows, max_size=20), by=st.sampled_from(BYS))
def test_groups_add_up_to_the_total(
    tmp_path_factory: pytest.TempPathFactory, rows: list[UsageRow], by: By
) -> None:
    path = a_store(tmp_path_factory.mktemp("store") / "usage.db", rows)
    with closing(open_store(path)) as connection:
        whole = total(connection, ALWAYS, PRICES)
        groups = totals_by(connection, by, ALWAYS, PRICES)

    assert whole.requests == len(rows)
    assert whole.output_tokens == sum(row.output_tokens for row in rows)
    for name in ("requests", "failed", "fallbacks", "input_tokens", "output_tokens"):
        assert sum(getattr(g.totals, name) for g in groups) == getattr(whole, name)
    claude_usd = sum(g.totals.claude_cost_usd for g in groups)
    assert claude_usd == pytest.approx(whole.claude_cost_usd)


@pytest.fixture(scope="module")
def big_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_big_store(tmp_path_factory.mktemp("big") / "usage.db", 100_000)


def plan_of(connection: sqlite3.Connection, question: str, span: Span, by: By) -> str:
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    if question == "total":
        total(connection, span, PRICES)
    elif question == "by":
        totals_by(connection, by, span, PRICES)
    else:
        provider_shares(connection, span)
    connection.set_trace_callback(None)
    (statement,) = statements
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    return "\n".join(row["detail"] for row in plan)


@pytest.mark.parametrize(
    ("question", "by"), [("total", "day"), ("shares", "day"), *(("by", by) for by in BYS)]
)
def test_a_large_store_is_searched_by_time(big_store: Path, question: str, by: By) -> None:
    connection = read_store(big_store)
    assert connection is not None
    with closing(connection):
        plan = plan_of(connection, question, Span(NOON_MS - 7 * DAY_MS, NOON_MS), by)

    assert (
        "SEARCH requests USING INDEX requests_by_time (started_at_ms>? AND started_at_ms<?)" in plan
    )
    assert "SCAN requests" not in plan


@pytest.mark.usefixtures("utc")
def test_a_large_store_adds_up(big_store: Path) -> None:
    connection = read_store(big_store)
    assert connection is not None
    with closing(connection):
        whole = total(connection, ALWAYS, PRICES)
        week = totals_by(connection, "day", Span(NOON_MS - 7 * DAY_MS, NOON_MS), PRICES)

    assert (whole.requests, whole.failed, whole.fallbacks) == (100_000, 1000, 19_000)
    assert whole.cost_usd == pytest.approx(200.0)
    assert [group.totals.requests for group in week] == [720, *[1440] * 6, 720]
