"""A usage report as people, JSON readers and spreadsheets want it.

The JSON document (`ccglm usage --json`), stable; new keys may come, none goes:

    {"ok": true, "by": "day", "since": "...Z", "until": "...Z",
     "recorded": {"first": "...Z", "last": "...Z"} | null, "dropped": 0,
     "totals": {SUMS},
     "providers": [{"provider": "cerebras", "requests": 90, "share": 0.9}, ...],
     "groups": [{"key": "2026-11-21" | null, SUMS}, ...]}

    SUMS: requests, served, failed, cancelled, fallbacks, input_tokens, cached_tokens,
    output_tokens, reasoning_tokens, cost_usd, claude_cost_usd, cache_hit_share,
    output_tokens_per_s, first_token_ms; the last three are null where there is nothing to divide. A
    day is one of this machine's time zone, an hour is named by the moment it began in UTC; the key
    is null for requests of which it is not known.

The CSV has one line for each group: the key, under the name of what was asked for, then the same
sums.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from ccglm.result import Result, Table
from ccglm.text import cell_width, count, duration, escape_controls, local_time, money
from ccglm.usage.times import from_ms, utc_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callbacks.usage_queries import By, Group, Totals
    from ccglm.usage.query import UsageReport

MAX_GROUPS_SHOWN: Final = 60
"""Lines of a table for people: two months of days; JSON and CSV have all."""
BAR_CELLS: Final = 12
UNKNOWN: Final = "-"
DECIMALS: Final = 9
"""Of the numbers for machines: a token costs down to a hundred-millionth of a dollar."""

Row = dict[str, str | int | float | None]


def usage_view(report: UsageReport, fine_bars: bool) -> Result:
    """Return the report for people and as JSON.

    Args:
        report: What the store answered.
        fine_bars: The terminal can show block characters.
    """
    return Result(usage_data(report), usage_blocks(report, fine_bars))


def usage_data(report: UsageReport) -> dict[str, object]:
    """Return the JSON document without `ok`; its shape is in the module's docstring."""
    recorded = report.recorded
    return {
        "by": report.question.by,
        "since": utc_text(from_ms(report.question.span.since_ms)),
        "until": utc_text(from_ms(report.question.span.until_ms)),
        "recorded": recorded
        and {
            "first": utc_text(from_ms(recorded.since_ms)),
            "last": utc_text(from_ms(recorded.until_ms)),
        },
        "dropped": report.dropped,
        "totals": _sums(report.totals),
        "providers": [asdict(share) for share in report.providers],
        "groups": _group_rows(report),
    }


def usage_csv(report: UsageReport) -> str:
    """Return a header line and one line for each group; no totals."""
    text = io.StringIO()
    names = [report.question.by, *_sums(report.totals)]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in _group_rows(report):
        writer.writerow([_csv_cell(value) for value in row.values()])
    return text.getvalue()


def usage_blocks(report: UsageReport, fine_bars: bool) -> Sequence[str | Table]:
    """Return what people see: totals and groups, or a sentence when there is nothing."""
    if report.recorded is None:
        return ["no request is recorded yet; start the proxy with `ccglm up`"]
    since, until = (local_time(from_ms(moment)) for moment in report.question.span)
    if not report.totals.requests:
        last = local_time(from_ms(report.recorded.until_ms))
        return [f"no request from {since} to {until}; the last one recorded was at {last}"]
    groups = report.groups[:MAX_GROUPS_SHOWN]
    blocks: list[str | Table] = [
        f"usage from {since} to {until}",
        "",
        *_total_lines(report),
        "",
        _table(report.question.by, groups, fine_bars=fine_bars),
    ]
    if left := len(report.groups) - len(groups):
        blocks.append(f"and {count(left)} more; `--json` and `--csv` have all")
    return blocks


def _total_lines(report: UsageReport) -> list[str]:
    totals = report.totals
    endings = [f"{count(totals.served)} served"]
    if totals.fallbacks:
        endings.append(f"{count(totals.fallbacks)} of them after a fallback")
    if totals.failed:
        endings.append(f"{count(totals.failed)} failed")
    if totals.cancelled:
        endings.append(f"{count(totals.cancelled)} cancelled")
    shares = ", ".join(f"{s.provider} {_percent(s.share)}" for s in report.providers)
    cached = _percent(totals.cache_hit_share)
    lines = {
        "requests": f"{count(totals.requests)}: {', '.join(endings)}",
        "served by": shares or UNKNOWN,
        "input": f"{count(totals.input_tokens)} tokens, {cached} from cache",
        "output": f"{count(totals.output_tokens)} tokens, {_speed(totals)} tokens a second",
        "first token": f"{_milliseconds(totals.first_token_ms)} on average",
        "cost": f"{money(totals.cost_usd)}{_comparison(totals)}",
    }
    if report.dropped:
        lines["not recorded"] = f"{count(report.dropped)} requests: the store could not keep up"
    width = max(len(name) for name in lines)
    return [f"{name:<{width}}  {line}" for name, line in lines.items()]


def _comparison(totals: Totals) -> str:
    if not totals.claude_cost_usd:
        return ""
    text = f"; {money(totals.claude_cost_usd)} at Claude's list price"
    if totals.cost_usd >= totals.claude_cost_usd or not totals.cost_usd:
        return text
    return f"{text}, {totals.claude_cost_usd / totals.cost_usd:,.1f} times as much"


def _table(by: By, groups: Sequence[Group], *, fine_bars: bool) -> Table:
    columns = (
        by, "requests", "failed", "input", "cached", "output", "tok/s", "first token", "cost",
        "at Claude's", "tokens",
    )  # fmt: skip
    most = max((_tokens(group) for group in groups), default=0)
    rows = [
        (
            _key_text(by, group.key),
            count(group.totals.requests),
            count(group.totals.failed),
            count(group.totals.input_tokens),
            _percent(group.totals.cache_hit_share),
            count(group.totals.output_tokens),
            _speed(group.totals),
            _milliseconds(group.totals.first_token_ms),
            money(group.totals.cost_usd),
            money(group.totals.claude_cost_usd),
            bar(_tokens(group) / most if most else 0.0, fine=fine_bars),
        )
        for group in groups
    ]
    return Table(columns, rows, right=frozenset(columns[1:-1]))


def bar(share: float, *, fine: bool, cells: int = BAR_CELLS) -> str:
    """Return a bar for a share of 0 to 1: at least a sliver for anything above nothing.

    Args:
        share: The part of the whole length, 0 to 1.
        fine: Block characters in steps of an eighth of a cell, else `#` for a whole cell.
        cells: Width of the whole length, in terminal columns.
    """
    if share <= 0:
        return ""
    if not fine:
        return "#" * max(1, round(share * cells))
    eighths = max(1, round(share * cells * 8))
    part = " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    text = "█" * (eighths // 8) + part
    assert cell_width(text) <= cells
    return text


def _group_rows(report: UsageReport) -> list[Row]:
    by = report.question.by
    return [{"key": _key_data(by, group.key), **_sums(group.totals)} for group in report.groups]


def _sums(totals: Totals) -> Row:
    sums: Row = {**asdict(totals), "cache_hit_share": totals.cache_hit_share}
    return {
        name: round(value, DECIMALS) if isinstance(value, float) else value
        for name, value in sums.items()
    }


def _csv_cell(value: str | float | None) -> str | float:
    if value is None:
        return ""
    return escape_controls(value) if isinstance(value, str) else value


def _key_data(by: By, key: str | int | None) -> str | None:
    return utc_text(from_ms(key)) if by == "hour" and isinstance(key, int) else _text_of(key)


def _key_text(by: By, key: str | int | None) -> str:
    if by == "hour" and isinstance(key, int):
        return local_time(from_ms(key))
    return _text_of(key) or UNKNOWN


def _text_of(key: str | int | None) -> str | None:
    return None if key is None else str(key)


def _tokens(group: Group) -> int:
    return group.totals.input_tokens + group.totals.output_tokens


def _speed(totals: Totals) -> str:
    speed = totals.output_tokens_per_s
    return UNKNOWN if speed is None else count(speed)


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{share * 100:.0f} %"


def _milliseconds(duration_ms: float | None) -> str:
    return UNKNOWN if duration_ms is None else duration(duration_ms / 1000)
