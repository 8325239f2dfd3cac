"""Moments on the command line mean what a person at this machine means."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.usage.times import from_ms, parse_moment, to_ms, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", before) if before else monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("90s", NOW - timedelta(seconds=90)),
        ("30m", NOW - timedelta(minutes=30)),
        (" 24H ", NOW - timedelta(hours=24)),
        ("7d", NOW - timedelta(days=7)),
        ("2 w", NOW - timedelta(weeks=2)),
        ("today", datetime(2026, 11, 20, 23, 0, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 19, 23, 0, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
        ("2026-11-20T14:00", datetime(2026, 11, 20, 13, 0, tzinfo=UTC)),
        ("2026-11-20 14:00:30", datetime(2026, 11, 20, 13, 0, 30, tzinfo=UTC)),
        ("2026-11-20T14:00Z", datetime(2026, 11, 20, 14, 0, tzinfo=UTC)),
        ("2026-11-20T14:00-05:00", datetime(2026, 11, 20, 19, 0, tzinfo=UTC)),
        ("all", BEGINNING),
        ("999999w", BEGINNING),
        ("1066-10-14", BEGINNING),
    ],
)
def test_a_moment_is_understood(text: str, moment: datetime) -> None:
    parsed = parse_moment(text, NOW)

    assert parsed == moment
    assert parsed.utcoffset() == timedelta()


@pytest.mark.parametrize("text", ["", "soon", "7", "d7", "7y", "2026-13-01", "0001-01-01", "-7d"])
def test_anything_else_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no time; write `7d`, `24h`, `today`"):
        parse_moment(text, NOW)


@given(st.text(max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_moment(text, NOW) >= BEGINNING


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_come_back(moment_ms: int) -> None:
    assert to_ms(from_ms(moment_ms)) == moment_ms


def test_machines_get_utc() -> None:
    assert utc_text(from_ms(1_795_262_400_999)) == "2026-11-21T12:00:00Z"
