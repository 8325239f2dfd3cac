"""A report holds what the store holds, and a store that cannot be read says what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_queries import Group, ProviderShare, Span, TokenPrices
from callbacks.usage_schema import open_store, read_store
from callbacks.usage_state import add_dropped
from ccglm.errors import PrerequisiteError
from ccglm.usage.query import NOTHING, UsageQuestion, report_from, usage_report
from tests.helpers.usage_builders import DAY_MS, NOON_MS, a_store, a_usage_row

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = UsageQuestion("provider", Span(NOON_MS - DAY_MS, NOON_MS + DAY_MS))
PRICES = {"sonnet": TokenPrices(3.0, 0.3, 15.0)}


def test_without_a_store_everything_is_nothing(tmp_path: Path) -> None:
    report = usage_report(tmp_path / "usage.db", QUESTION, PRICES)

    assert report.totals == NOTHING
    assert (report.groups, report.providers, report.recorded, report.dropped) == ((), (), None, 0)
    assert not (tmp_path / "usage.db").exists(), "asking creates nothing"


def test_an_empty_store_is_like_none(tmp_path: Path) -> None:
    path = a_store(tmp_path / "usage.db", [])

    assert usage_report(path, QUESTION, PRICES) == usage_report(
        tmp_path / "none.db", QUESTION, PRICES
    )


def test_a_report_has_totals_groups_shares_and_the_reach_of_the_store(tmp_path: Path) -> None:
    path = a_store(
        tmp_path / "usage.db",
        [
            a_usage_row(),
            a_usage_row(provider="zai"),
            a_usage_row(started_at_ms=NOON_MS - 9 * DAY_MS),
        ],
    )
    with closing(open_store(path)) as connection:
        add_dropped(connection, 3, NOON_MS)

    report = usage_report(path, QUESTION, PRICES)

    assert report.question == QUESTION
    assert report.totals.requests == 2
    assert [group.key for group in report.groups] == ["cerebras", "zai"]
    assert all(isinstance(group, Group) for group in report.groups)
    assert report.providers == (ProviderShare("cerebras", 1, 0.5), ProviderShare("zai", 1, 0.5))
    assert report.recorded == Span(NOON_MS - 9 * DAY_MS, NOON_MS)
    assert report.dropped == 3


def test_a_report_ends_its_transaction(tmp_path: Path) -> None:
    connection = read_store(a_store(tmp_path / "usage.db", [a_usage_row()]))
    assert connection is not None
    with closing(connection):
        report_from(connection, QUESTION, PRICES)
        assert not connection.in_transaction


def test_a_damaged_store_says_how_to_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    path.write_bytes(b"?" * 5000)

    with pytest.raises(PrerequisiteError, match="damaged") as raised:
        usage_report(path, QUESTION, PRICES)
    assert raised.value.hint is not None
    assert f"mv '{path}'" in raised.value.hint


def test_a_store_of_a_newer_ccglm_says_to_update(tmp_path: Path) -> None:
    path = a_store(tmp_path / "usage.db", [])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")

    with pytest.raises(PrerequisiteError, match="newer ccglm") as raised:
        usage_report(path, QUESTION, PRICES)
    assert raised.value.hint == "update ccglm to the version that runs the proxy"
