"""One report, three forms, the same numbers in each."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from callbacks.usage_queries import BYS, By, Group, ProviderShare, Span, Totals
from ccglm.console import Output
from ccglm.result import Table
from ccglm.text import cell_width, escape_controls
from ccglm.usage.query import NOTHING, UsageQuestion, UsageReport
from ccglm.usage.views import (
    BAR_CELLS,
    MAX_GROUPS_SHOWN,
    bar,
    usage_blocks,
    usage_csv,
    usage_data,
    usage_view,
)
from tests.helpers.streams import TextStream
from tests.helpers.usage_builders import DAY_MS, HOUR_MS, NOON_MS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", before) if before else monkeypatch.delenv("TZ")
    time.tzset()


def some_totals(**changes: Any) -> Totals:
    values: dict[str, Any] = {
        "requests": 1234,
        "served": 1200,
        "failed": 30,
        "cancelled": 4,
        "fallbacks": 56,
        "input_tokens": 12_345_678,
        "cached_tokens": 6_172_839,
        "output_tokens": 345_678,
        "reasoning_tokens": 5_678,
        "cost_usd": 1.5,
        "claude_cost_usd": 18.0,
        "output_tokens_per_s": 987.65,
        "first_token_ms": 345.6,
    }
    return Totals(**{**values, **changes})


def a_report(by: By = "provider", **changes: Any) -> UsageReport:
    half = some_totals(
        requests=400, input_tokens=1000, output_tokens=0, output_tokens_per_s=None,
        first_token_ms=None, cost_usd=0.0021, claude_cost_usd=0.0, cached_tokens=0,
    )  # fmt: skip
    values: dict[str, Any] = {
        "question": UsageQuestion(by, Span(NOON_MS - 7 * DAY_MS, NOON_MS)),
        "totals": some_totals(),
        "groups": (Group("cerebras", some_totals()), Group(None, half)),
        "providers": (ProviderShare("cerebras", 900, 0.75), ProviderShare("zai", 300, 0.25)),
        "recorded": Span(NOON_MS - 30 * DAY_MS, NOON_MS - HOUR_MS),
        "dropped": 0,
    }
    return UsageReport(**{**values, **changes})


def shown(report: UsageReport, *, encoding: str = "utf-8") -> str:
    stdout = TextStream(encoding=encoding)
    output = Output(stdout=stdout, stderr=TextStream(), environment={})
    output.result(usage_view(report, output.draws_blocks))
    return stdout.getvalue()


def test_people_see_totals_and_a_table_with_bars() -> None:
    assert shown(a_report()) == snapshot("""\
usage from 2026-11-14 13:00:00+01:00 to 2026-11-21 13:00:00+01:00

requests     1,234: 1,200 served, 56 of them after a fallback, 30 failed, 4 cancelled
served by    cerebras 75 %, zai 25 %
input        12,345,678 tokens, 50 % from cache
output       345,678 tokens, 988 tokens a second
first token  346 ms on average
cost         1.50 USD; 18.00 USD at Claude's list price, 12.0 times as much

provider  requests  failed       input  cached   output  tok/s  first token        cost  at Claude's  tokens
cerebras     1,234      30  12,345,678    50 %  345,678    988       346 ms    1.50 USD    18.00 USD  ████████████
-              400      30       1,000     0 %        0      -            -  0.0021 USD     0.00 USD  ▏
""")


def test_a_stream_without_block_characters_gets_plain_bars() -> None:
    text = shown(a_report(), encoding="ascii")

    assert text.isascii()
    assert "\\u" not in text
    assert "#" * BAR_CELLS in text


def test_an_empty_store_is_a_friendly_sentence() -> None:
    report = a_report(totals=NOTHING, groups=(), providers=(), recorded=None)

    assert shown(report) == "no request is recorded yet; start the proxy with `ccglm up`\n"


def test_a_quiet_week_says_when_the_last_request_was() -> None:
    report = a_report(totals=NOTHING, groups=(), providers=())

    assert shown(report) == snapshot(
        "no request from 2026-11-14 13:00:00+01:00 to 2026-11-21 13:00:00+01:00; the last one recorded was at 2026-11-21 12:00:00+01:00\n"
    )


def test_lost_rows_are_not_kept_quiet() -> None:
    assert "not recorded  7 requests" in shown(a_report(dropped=7))


@pytest.mark.parametrize(
    ("cost_usd", "claude_cost_usd", "expected"),
    [
        (1.5, 18.0, "cost         1.50 USD; 18.00 USD at Claude's list price, 12.0 times as much"),
        (0.0, 18.0, "cost         0.00 USD; 18.00 USD at Claude's list price"),
        (2.0, 1.0, "cost         2.00 USD; 1.00 USD at Claude's list price"),
        (2.0, 0.0, "cost         2.00 USD"),
    ],
)
def test_the_comparison_is_said_as_it_is(
    cost_usd: float, claude_cost_usd: float, expected: str
) -> None:
    totals = some_totals(cost_usd=cost_usd, claude_cost_usd=claude_cost_usd)

    assert expected in shown(a_report(totals=totals)).splitlines()


def test_long_tables_are_cut_for_people_only() -> None:
    groups = tuple(Group(f"s-{number:03d}", some_totals()) for number in range(100))
    report = a_report("session", groups=groups)

    (table,) = [block for block in usage_blocks(report, True) if isinstance(block, Table)]
    assert len(table.rows) == MAX_GROUPS_SHOWN
    assert shown(report).splitlines()[-1] == "and 40 more; `--json` and `--csv` have all"
    assert len(usage_csv(report).splitlines()) == 101
    data: Any = usage_data(report)
    assert len(data["groups"]) == 100


def test_an_hour_is_local_with_its_offset_for_people_and_utc_for_machines() -> None:
    report = a_report("hour", groups=(Group(NOON_MS, some_totals()),))

    assert "2026-11-21 13:00:00+01:00" in shown(report)
    data: Any = usage_data(report)
    assert data["groups"][0]["key"] == "2026-11-21T12:00:00Z"
    assert usage_csv(report).splitlines()[1].startswith("2026-11-21T12:00:00Z,1234,")


def test_the_json_document_is_stable() -> None:
    assert usage_data(a_report(dropped=2)) == snapshot(
        {
            "by": "provider",
            "since": "2026-11-14T12:00:00Z",
            "until": "2026-11-21T12:00:00Z",
            "recorded": {"first": "2026-10-22T12:00:00Z", "last": "2026-11-21T11:00:00Z"},
            "dropped": 2,
            "totals": {
                "requests": 1234,
                "served": 1200,
                "failed": 30,
                "cancelled": 4,
                "fallbacks": 56,
                "input_tokens": 12345678,
                "cached_tokens": 6172839,
                "output_tokens": 345678,
                "reasoning_tokens": 5678,
                "cost_usd": 1.5,
                "claude_cost_usd": 18.0,
                "output_tokens_per_s": 987.65,
                "first_token_ms": 345.6,
                "cache_hit_share": 0.5,
            },
            "providers": [
                {"provider": "cerebras", "requests": 900, "share": 0.75},
                {"provider": "zai", "requests": 300, "share": 0.25},
            ],
            "groups": [
                {
                    "key": "cerebras",
                    "requests": 1234,
                    "served": 1200,
                    "failed": 30,
                    "cancelled": 4,
                    "fallbacks": 56,
                    "input_tokens": 12345678,
                    "cached_tokens": 6172839,
                    "output_tokens": 345678,
                    "reasoning_tokens": 5678,
                    "cost_usd": 1.5,
                    "claude_cost_usd": 18.0,
                    "output_tokens_per_s": 987.65,
                    "first_token_ms": 345.6,
                    "cache_hit_share": 0.5,
                },
                {
                    "key": None,
                    "requests": 400,
                    "served": 1200,
                    "failed": 30,
                    "cancelled": 4,
                    "fallbacks": 56,
                    "input_tokens": 1000,
                    "cached_tokens": 0,
                    "output_tokens": 0,
                    "reasoning_tokens": 5678,
                    "cost_usd": 0.0021,
                    "claude_cost_usd": 0.0,
                    "output_tokens_per_s": None,
                    "first_token_ms": None,
                    "cache_hit_share": 0.0,
                },
            ],
        }
    )


def test_the_json_of_an_empty_store_has_the_same_keys() -> None:
    empty = a_report(totals=NOTHING, groups=(), providers=(), recorded=None)

    assert usage_data(empty).keys() == usage_data(a_report()).keys()
    assert json.loads(json.dumps(usage_data(empty)))["recorded"] is None


def test_csv_has_a_line_for_each_group() -> None:
    assert usage_csv(a_report()) == snapshot("""\
provider,requests,served,failed,cancelled,fallbacks,input_tokens,cached_tokens,output_tokens,reasoning_tokens,cost_usd,claude_cost_usd,output_tokens_per_s,first_token_ms,cache_hit_share
cerebras,1234,1200,30,4,56,12345678,6172839,345678,5678,1.5,18.0,987.65,345.6,0.5
,400,1200,30,4,56,1000,0,0,5678,0.0021,0.0,,,0.0
""")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_csv_reads_back_whatever_the_keys_are(keys: list[str]) -> None:
    groups = tuple(Group(key, some_totals()) for key in keys)

    rows = list(csv.reader(io.StringIO(usage_csv(a_report("project", groups=groups)), newline="")))

    assert [row[0] for row in rows] == ["project", *map(escape_controls, keys)]
    assert {len(row) for row in rows} == {len(dataclasses.fields(Totals)) + 2}


@given(st.floats(0, 1), st.booleans())
def test_a_bar_grows_with_its_share_and_never_too_long(share: float, fine: bool) -> None:
    drawn = bar(share, fine=fine)

    assert cell_width(drawn) <= BAR_CELLS
    assert bool(drawn) == (share > 0)
    assert cell_width(bar(share / 2, fine=fine)) <= cell_width(drawn)
    assert cell_width(bar(1.0, fine=fine)) == BAR_CELLS


@pytest.mark.parametrize("by", BYS)
def test_every_grouping_has_every_view(by: By) -> None:
    report = a_report(by)

    assert shown(report).count("\n") > 8
    assert usage_csv(report).startswith(f"{by},requests,")
    assert usage_data(report)["by"] == by
