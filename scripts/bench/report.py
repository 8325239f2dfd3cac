"""The benchmark's figures as a table for people and as an SVG picture."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from html import escape
from typing import Any

from scripts.bench.load import Timing


@dataclass(frozen=True)
class Row:
    """What one target did in one round.

    Attributes:
        target: Name of the target.
        load: What was sent, such as `100 streams`.
        tokens_per_s: Tokens relayed a second, all streams together.
        first_ms: Median milliseconds to the first content.
        first_p95_ms: 95th percentile of the same.
        total_ms: Median milliseconds to the end of an answer.
        cpu_us_per_token: Microseconds of CPU the target's processes spent for a token.
        cpu_ms_per_request: Milliseconds of CPU for a request, all included.
        rss_mb: Resident megabytes after the round.
        errors: How many answers were refused or did not end.
    """

    target: str
    load: str
    tokens_per_s: float
    first_ms: float
    first_p95_ms: float
    total_ms: float
    cpu_us_per_token: float
    cpu_ms_per_request: float
    rss_mb: float
    errors: int


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie; 0.0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summarize(
    target: str, load: str, rounds: list[tuple[list[Timing], float, float]], tokens: int, rss: float
) -> Row:
    """Return the row of a target from its rounds of the same load.

    Args:
        target: Name of the target.
        load: What was sent.
        rounds: For each round its timings, its wall time in seconds and the CPU seconds spent.
        tokens: Tokens in one answer.
        rss: Resident megabytes after the last round.
    """
    timings = [timing for round_timings, _, _ in rounds for timing in round_timings]
    good = [t for t in timings if t.error is None]
    firsts = [t.first_ms for t in good if t.first_ms is not None]
    cpu_s = sum(cpu for _, _, cpu in rounds)
    rates = [
        tokens * sum(t.error is None for t in round_timings) / wall
        for round_timings, wall, _ in rounds
    ]
    return Row(
        target,
        load,
        statistics.median(rates) if rates else 0.0,
        statistics.median(firsts) if firsts else 0.0,
        percentile(firsts, 0.95),
        statistics.median(t.total_ms for t in good) if good else 0.0,
        cpu_s / max(1, tokens * len(good)) * 1e6,
        cpu_s / max(1, len(good)) * 1e3,
        rss,
        len(timings) - len(good),
    )


COLUMNS = (
    ("target", "load", "tok/s", "x direct", "first +ms", "p95 +ms", "total x", "cpu us/tok", "cpu ms/req", "rss MB", "errors")
)  # fmt: skip


def table(rows: list[Row], direct: str = "direct") -> list[tuple[str, ...]]:
    """Return the rows as text cells; the ratio columns compare with the direct run of the same load."""
    base = {row.load: row for row in rows if row.target == direct}
    cells: list[tuple[str, ...]] = []
    for row in rows:
        against = base.get(row.load, row)
        cells.append(
            (
                row.target,
                row.load,
                f"{row.tokens_per_s:,.0f}",
                f"{row.tokens_per_s / against.tokens_per_s:.3f}" if against.tokens_per_s else "-",
                f"{row.first_ms - against.first_ms:+.1f}",
                f"{row.first_p95_ms - against.first_p95_ms:+.1f}",
                f"{row.total_ms / against.total_ms:.3f}" if against.total_ms else "-",
                f"{row.cpu_us_per_token:.1f}" if row.cpu_ms_per_request else "-",
                f"{row.cpu_ms_per_request:.1f}" if row.cpu_ms_per_request else "-",
                f"{row.rss_mb:.0f}" if row.rss_mb else "-",
                str(row.errors),
            )
        )
    return cells


def render_text(rows: list[Row]) -> str:
    """Return the table as aligned text."""
    lines = [COLUMNS, *table(rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    out: list[str] = []
    for number, line in enumerate(lines):
        if number and line[1] != lines[number - 1][1] and number > 1:
            out.append("")
        out.append(
            "  ".join(
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
        )
    return "\n".join(out)


def render_svg(rows: list[Row]) -> str:
    """Return a picture: for each load, a bar a target, its aggregate tokens a second (linear scale)."""
    streaming = [row for row in rows if row.tokens_per_s > 0]
    loads = list(dict.fromkeys(row.load for row in streaming))
    colours = ("#8a8f98", "#2f6fed", "#d9822b", "#3d9970", "#b03a8c")
    targets = list(dict.fromkeys(row.target for row in streaming))
    parts: list[str] = []
    y = 20
    for load in loads:
        group = [row for row in streaming if row.load == load]
        top = max(row.tokens_per_s for row in group)
        parts.append(f'<text x="10" y="{y + 12}" font-weight="bold">{escape(load)}</text>')
        y += 20
        for row in group:
            width = max(1.0, 420 * row.tokens_per_s / top)
            colour = colours[targets.index(row.target) % len(colours)]
            parts.append(
                f'<text x="10" y="{y + 12}">{escape(row.target)}</text>'
                f'<rect x="170" y="{y}" width="{width:.1f}" height="15" fill="{colour}"/>'
                f'<text x="{176 + width:.1f}" y="{y + 12}">{row.tokens_per_s:,.0f} tok/s</text>'
            )
            y += 20
        y += 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="740" height="{y}" viewBox="0 0 740 {y}" '
        'font-family="sans-serif" font-size="12" role="img" aria-label="tokens a second by load">'
        f'<rect width="740" height="{y}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def document(rows: list[Row]) -> dict[str, Any]:
    """Return the rows as JSON-ready data."""
    return {"rows": [vars(row) for row in rows]}
