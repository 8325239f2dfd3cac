"""Send many requests to ccglm and show how its memory goes: flat, or growing.

    python scripts/soak.py [--requests 10000] [--streams 20] [--json] [--plot FILE.svg]

Starts the simulator and ccglm, sends streamed requests of mixed sizes, and reads the resident memory after each
block. The growth over the second half is what counts: caches fill up and then stay.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ccglm.simulator.process import start_simulator
from scripts.bench.processes import use_of
from scripts.bench.targets import Target, running_ccglm
from scripts.benchmark import Load, Measured, one_round, progress

SIZES_TOKENS = (1, 20, 200)
BLOCKS = 40
MAX_GROWTH = 0.05
"""Share by which the memory may grow over the second half."""


@dataclass(frozen=True)
class Point:
    """What was seen after a block.

    Attributes:
        requests: Sent so far.
        rss_mb: Resident memory, in MB.
        errors: Requests without a whole answer so far.
    """

    requests: int
    rss_mb: float
    errors: int


def main() -> int:
    """Run what the command line asks for; exit code 1 when memory grew or an answer was lost."""
    args = parse_arguments()
    with (
        start_simulator(
            models="legacy_glm",
            cerebras_rpm=0,
            cerebras_tpm=0,
            cerebras_total_tpm=0,
            first_byte_delay_ms=0,
            tokens_per_s=0,
            log_bodies=False,
        ) as simulator,
        running_ccglm(simulator.cerebras_base, simulator.zai_base) as target,
    ):
        points = asyncio.run(soak(target, args.requests, args.streams))
    grown = growth(points)
    if args.plot:
        Path(args.plot).write_text(as_svg(points), encoding="utf-8")
    if args.json:
        print(
            json.dumps({"growth": round(grown, 4), "points": [vars(p) for p in points]}, indent=2)
        )
    else:
        print(as_table(points, grown))
    return 1 if grown > MAX_GROWTH or points[-1].errors else 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--streams", type=int, default=20, help="requests at once")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--plot", metavar="FILE.svg", help="draw the memory over the requests")
    return parser.parse_args()


async def soak(target: Target, requests: int, streams: int) -> list[Point]:
    """Send the requests and return what was seen, the start included."""
    assert target.pid is not None, "ccglm runs on this machine"
    points = [Point(0, use_of(target.pid).rss_bytes / 1e6, 0)]
    block = max(1, requests // BLOCKS)
    sent = errors = number = 0
    while sent < requests:
        size = SIZES_TOKENS[number % len(SIZES_TOKENS)]
        number += 1
        measured = Measured()
        await one_round(target, Load("soak", min(streams, requests - sent), size, 1), measured)
        timings = measured.rounds[0][0]
        sent += len(timings)
        errors += sum(1 for timing in timings if timing.error)
        if sent // block > points[-1].requests // block or sent >= requests:
            points.append(Point(sent, measured.rss_mb, errors))
            progress(f"{sent} of {requests} requests, {measured.rss_mb:.0f} MB")
    progress("")
    return points


def growth(points: list[Point]) -> float:
    """Return by what share the memory grew from the middle of the run to its end."""
    middle = points[len(points) // 2]
    return points[-1].rss_mb / middle.rss_mb - 1


def as_table(points: list[Point], grown: float) -> str:
    """Return the curve as text, ten rows of it."""
    step = max(1, len(points) // 10)
    shown = [*points[:-1:step], points[-1]]
    rows = [f"{p.requests:>9,} {p.rss_mb:>9,.0f} {p.errors:>7}" for p in shown]
    head = f"{'requests':>9} {'rss MB':>9} {'errors':>7}"
    return "\n".join([head, *rows, f"growth over the second half: {grown:+.1%}"])


def as_svg(points: list[Point], width: int = 640, height: int = 240) -> str:
    """Return the curve as a picture."""
    left, bottom, top = 60, height - 30, 20
    most = max(p.rss_mb for p in points) * 1.1
    last = max(1, points[-1].requests)

    def place(point: Point) -> str:
        x = left + (width - left - 20) * point.requests / last
        y = bottom - (bottom - top) * point.rss_mb / most
        return f"{x:.1f},{y:.1f}"

    line = " ".join(place(p) for p in points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        f'<path d="M{left},{top}V{bottom}H{width - 20}" fill="none" stroke="#888888"/>'
        f'<polyline points="{line}" fill="none" stroke="#2266cc" stroke-width="2"/>'
        f'<text x="{left - 6}" y="{top + 4}" text-anchor="end">{most:.0f} MB</text>'
        f'<text x="{left - 6}" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{width - 20}" y="{height - 10}" text-anchor="end">{last:,} requests</text>'
        "</svg>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
