"""Two moments become a stretch of time, or a usage error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from callbacks.usage_queries import Span
from ccglm.console import Output
from ccglm.context import AppContext
from ccglm.paths import Paths
from ccglm.usage.options import span_of
from tests.helpers.streams import TextStream
from tests.helpers.usage_builders import DAY_MS, NOON_MS


@pytest.fixture
def app() -> AppContext:
    return AppContext(
        environment={},
        paths=Paths(Path("ccglm.yaml"), Path("state")),
        output=Output(stdout=TextStream(), stderr=TextStream(), environment={}),
        now=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC),
    )


def test_both_moments_are_seen_from_the_same_now(app: AppContext) -> None:
    assert span_of(app, "7d", "now") == Span(NOON_MS - 7 * DAY_MS, NOON_MS)
    assert span_of(app, "all", "2026-11-21T00:00Z") == Span(0, NOON_MS - DAY_MS // 2)


def test_a_wrong_one_is_a_usage_error(app: AppContext) -> None:
    with pytest.raises(typer.BadParameter, match="`soon` is no time"):
        span_of(app, "7d", "soon")
