"""Measure ccglm beside the provider asked directly, bare LiteLLM and any peer, in one run.

    python scripts/benchmark.py [--litellm] [--peer NAME=URL,TOKEN[,PID]] [--short] [--json] [--plot FILE.svg]

Everything runs on this machine against the simulator, which streams 1,500 tokens a second after 200 ms. Runs are
interleaved, so that a noisy moment hits all targets; the ratio columns are what counts. A peer must have been
pointed at the simulator: fix its port with --simulator-port and start the peer while this script waits.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ccglm.simulator.process import start_simulator
from scripts.bench.load import Shape, Timing, encode_request, exchange, run_streams
from scripts.bench.processes import Use, use_of
from scripts.bench.prompts import long_prompt, short_prompt
from scripts.bench.report import Row, document, render_svg, render_text, summarize
from scripts.bench.targets import (
    Target,
    direct,
    parse_peer,
    running_bare_litellm,
    running_ccglm,
)

TOKENS_PER_S = 1500
FIRST_BYTE_MS = 200
RoundResult = tuple[list[Timing], float, float]


@dataclass(frozen=True)
class Load:
    """What is sent in one round: how many requests at once, of how many tokens, in which form."""

    name: str
    streams: int
    tokens: int
    rounds: int
    stream: bool = True
    long: bool = False
    pause_s: float = 0.0


LOADS = (
    Load("1 stream", 1, 1000, 8),
    Load("10 streams", 10, 1000, 4),
    Load("100 streams", 100, 1000, 3),
    Load("1 token", 10, 1, 6),
    Load("whole answer", 10, 1000, 3, stream=False),
    Load("400 KB prompt", 4, 100, 3, long=True),
    Load("1 req/s", 1, 50, 8, pause_s=1.0),
)
SHORT_LOADS = (Load("1 stream", 1, 300, 2), Load("10 streams", 10, 300, 1))


@dataclass
class Measured:
    """The rounds of one target under one load, and its memory after the last."""

    rounds: list[RoundResult] = field(default_factory=list[RoundResult])
    rss_mb: float = 0.0


def main() -> int:
    """Measure what the command line asks for; exit code 1 when an answer was lost."""
    args = parse_arguments()
    peers = [parse_peer(text) for text in args.peer]
    loads = SHORT_LOADS if args.short else LOADS
    with contextlib.ExitStack() as stack:
        simulator = stack.enter_context(
            start_simulator(
                api_port=args.simulator_port,
                models="legacy_glm",
                cerebras_rpm=0,
                cerebras_tpm=0,
                cerebras_total_tpm=0,
                first_byte_delay_ms=FIRST_BYTE_MS,
                tokens_per_s=TOKENS_PER_S,
                log_bodies=False,
            )
        )
        targets = [direct(simulator.cerebras_base)]
        if not args.no_ccglm:
            targets.append(
                stack.enter_context(running_ccglm(simulator.cerebras_base, simulator.zai_base))
            )
        if args.litellm:
            targets.append(stack.enter_context(running_bare_litellm(simulator.cerebras_base)))
        targets += peers
        rows = asyncio.run(measure(targets, loads, show=not args.json))
    if args.plot:
        Path(args.plot).write_text(render_svg(rows), encoding="utf-8")
    print(json.dumps(document(rows), indent=2) if args.json else render_text(rows))
    return 1 if any(row.errors for row in rows) else 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--litellm", action="store_true", help="measure bare LiteLLM too")
    parser.add_argument("--no-ccglm", action="store_true", help="leave ccglm out")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL,TOKEN[,PID]")
    parser.add_argument("--simulator-port", type=int, default=0, help="port for peers to know")
    parser.add_argument("--short", action="store_true", help="a few small rounds: does it work")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--plot", metavar="FILE.svg", help="draw tokens a second by load")
    return parser.parse_args()


async def measure(targets: list[Target], loads: tuple[Load, ...], *, show: bool) -> list[Row]:
    """Run every load on every target, interleaved round by round.

    Returns:
        A row for each load and target, loads in order.
    """
    rows: list[Row] = []
    for target in targets:  # connections, lazy imports: paid before anything is measured
        for load in loads[:1]:
            await one_round(target, load, Measured())
    for load in loads:
        measured = {target.name: Measured() for target in targets}
        for number in range(load.rounds):
            for target in targets:
                if show:
                    progress(f"{load.name}: round {number + 1}/{load.rounds}, {target.name}")
                await one_round(target, load, measured[target.name])
        rows += [
            summarize(t.name, load.name, m.rounds, load.tokens, m.rss_mb)
            for t in targets
            for m in [measured[t.name]]
        ]
    if show:
        progress("")
    return rows


async def one_round(target: Target, load: Load, measured: Measured) -> None:
    """Send one round and keep its timings, wall time and CPU time."""
    shape = target.shape if load.stream else target.whole
    requests = [request_for(target, load, shape, number) for number in range(load.streams)]
    before = use_of(target.pid) if target.pid else Use(0, 0)
    if load.pause_s:
        await asyncio.sleep(load.pause_s)
        timing = await exchange(target.url, requests[0], shape)
        timings, wall_s = [timing], timing.total_ms / 1000
    else:
        timings, wall_s = await run_streams(target.url, requests, shape)
    after = use_of(target.pid) if target.pid else Use(0, 0)
    measured.rounds.append((timings, wall_s, after.cpu_s - before.cpu_s))
    measured.rss_mb = after.rss_bytes / 1e6


def request_for(target: Target, load: Load, shape: Shape, number: int) -> bytes:
    """Return the bytes of one request of a load."""
    prompt: dict[str, Any] = long_prompt(number) if load.long else short_prompt(number)
    words = f"tokens:{load.tokens} request {number}"
    body: dict[str, Any] = prompt | {
        "model": target.model,
        "stream": load.stream,
        "max_tokens": 4096,
    }
    body["messages"] = [*prompt["messages"], {"role": "user", "content": words}]
    if shape.path.endswith("/chat/completions"):
        body = as_chat(body)
    return encode_request(target.url, shape, target.token, body)


def as_chat(body: dict[str, Any]) -> dict[str, Any]:
    """Return the request for a chat completions endpoint: the same words, no tools."""
    messages = [{"role": "system", "content": body["system"]}]
    messages += [
        {"role": m["role"], "content": m["content"]}
        for m in body["messages"]
        if isinstance(m["content"], str)
    ]
    return {
        "model": body["model"],
        "stream": body["stream"],
        "max_completion_tokens": body["max_tokens"],
        "messages": messages,
    }


def progress(text: str) -> None:
    """Show on a terminal what runs now."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
