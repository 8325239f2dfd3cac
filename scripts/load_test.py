"""Hold many streams open at once for a minute: nothing may be lost, nothing may get into another's answer.

    python scripts/load_test.py [URL TOKEN [N]] [--seconds 60] [--seed N] [--json]

Each of N clients asks again as soon as it is answered: short and long answers, tool calls, and some that hang up in the
middle. Every stream carries its own mark, which the simulated model repeats, so that each answer is known to the
byte; a proxy given by URL must therefore stand in front of the simulator (`ccglm up --demo`, `ccglm simulate`).
Without URL both are started for the time. Exit code 1 when an answer was refused, lost, or not to the byte.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from ccglm.simulator.actor import text_of
from ccglm.simulator.control_client import SimulatorControl
from ccglm.simulator.process import start_simulator
from ccglm.text import escape_controls
from scripts.bench.report import percentile
from scripts.bench.targets import running_ccglm
from scripts.chaos.wire import Cut, ask
from scripts.conformance.reply import Json, Reply

MODEL = "claude-sonnet-4-5"
SIZES = ((20, 2), (400, 4), (1500, 3), (4000, 1))
"""Answer lengths in tokens and how often each comes, beside the others."""
TOOL_SHARE, HANG_UP_SHARE = 0.15, 0.1
TOKENS_PER_S, FIRST_BYTE_MS = 400, 100
"""How fast our own simulator answers: slow enough that all streams are really open at once."""
MAX_EXAMPLES = 10

_EDIT: Json = {
    "name": "Edit",
    "description": "Change a file.",
    "input_schema": {"type": "object", "properties": {"old": {"type": "string"}, "new": {"type": "string"}}},
}  # fmt: skip


@dataclass
class Load:
    """What came of the streams.

    Attributes:
        streams: How many were held at once.
        answered: Complete and right to the byte.
        tool_calls: Of those, answers that call a tool.
        hung_up: Streams their client left in the middle.
        lost: Requests that were refused or whose answer has no end.
        mixed: Answers that were not to the byte what the model said.
        left_open: Exchanges with providers that nobody had ended afterwards; None when nobody could look.
        tokens: Tokens in the right answers of text.
        first_ms: Milliseconds to the first content, one a stream.
        total_ms: Milliseconds to the end, by length of the answer in tokens.
        examples: What was lost or mixed, in words.
    """

    streams: int
    answered: int = 0
    tool_calls: int = 0
    hung_up: int = 0
    lost: int = 0
    mixed: int = 0
    left_open: int | None = None
    tokens: int = 0
    seconds: float = 0.0
    first_ms: list[float] = field(default_factory=list[float])
    total_ms: dict[int, list[float]] = field(default_factory=dict[int, list[float]])
    examples: list[str] = field(default_factory=list[str])

    @property
    def ok(self) -> bool:
        """Whether there were answers and all were right."""
        return self.answered > 0 and not (self.lost or self.mixed or self.left_open)

    def take(self, reply: Reply, wanted: str | Json, tokens: int) -> None:
        """Count one answer that was read to its end.

        Args:
            reply: The answer.
            wanted: The text, or the input of the tool call, that it must be.
            tokens: Length of the text.
        """
        if reply.broken or reply.error is not None or reply.stop_reason is None:
            self.lost += 1
            said = reply.broken or reply.error_message or "no end"
            self._keep(f"lost: status {reply.status}: {said}")
            return
        found = reply.text if isinstance(wanted, str) else [call["input"] for call in reply.calls]
        if found != (wanted if isinstance(wanted, str) else [wanted]):
            self.mixed += 1
            self._keep(f"mixed: {str(found)[:150]!r}, not {str(wanted)[:150]!r}")
            return
        self.answered += 1
        self.tokens += tokens
        self.tool_calls += not isinstance(wanted, str)
        if reply.first_byte_ms is not None:
            self.first_ms.append(reply.first_byte_ms)
        self.total_ms.setdefault(tokens, []).append(reply.duration_ms)

    def _keep(self, example: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(example)

    def document(self) -> dict[str, Any]:
        """Return everything as JSON-ready data; times as percentiles."""
        total = {str(tokens): percentiles(times) for tokens, times in sorted(self.total_ms.items())}
        return {
            **vars(self),
            "ok": self.ok,
            "tokens_per_s": round(self.tokens / self.seconds) if self.seconds else 0,
            "first_ms": percentiles(self.first_ms),
            "total_ms": total,
        }

    def text(self) -> str:
        """Return the figures as lines for people."""
        names = ("streams", "answered", "tool_calls", "hung_up", "lost", "mixed", "left_open")
        lines = [f"{name.replace('_', ' '):<12}{getattr(self, name)!s:>8}" for name in names]
        lines.append(f"{'tokens/s':<12}{self.tokens / max(self.seconds, 1e-9):>8,.0f}\n")
        lines.append(f"{'milliseconds':<22}{'p50':>8}{'p95':>8}{'p99':>8}")
        rows = [("to the first content", self.first_ms)]
        rows += [
            (f"to the end, {tokens} tokens" if tokens else "to the end, tool call", times)
            for tokens, times in sorted(self.total_ms.items())
        ]
        for name, times in rows:
            shares = "".join(f"{value:>8.0f}" for value in percentiles(times).values())
            lines.append(f"{name:<22}{shares}")
        lines += [f"  {escape_controls(example)}" for example in self.examples]
        return "\n".join([*lines, "", "ok" if self.ok else "failed"])


def percentiles(values: list[float]) -> dict[str, float]:
    """Return the median, the 95th and the 99th percentile."""
    return {f"p{share}": round(percentile(values, share / 100), 1) for share in (50, 95, 99)}


def main() -> int:
    """Hold the streams the command line asks for; return the exit code."""
    args = parse_arguments()
    with target(args) as (url, token, control):
        load = asyncio.run(hold(url, token, args))
        if control is not None:
            load.left_open = asyncio.run(left_open(control))
    print(json.dumps(load.document(), indent=2) if args.json else load.text())
    return 0 if load.ok else 1


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", nargs="?", help="address of the proxy, without /v1")
    parser.add_argument("token", nargs="?", help="bearer token of the proxy")
    parser.add_argument("streams", nargs="?", type=int, default=100, help="how many at once")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they are held")
    parser.add_argument("--seed", type=int, default=1, help="the same chances again")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    args = parser.parse_args()
    if args.url and not args.token:
        parser.error("URL and TOKEN belong together")
    return args


@contextlib.contextmanager
def target(args: argparse.Namespace) -> Generator[tuple[str, str, SimulatorControl | None]]:
    """Yield address, token and simulator: those given, else ccglm and a simulator of our own."""
    if args.url:
        yield args.url, args.token, None
        return
    with (
        start_simulator(
            models="legacy_glm",
            cerebras_rpm=0,
            cerebras_tpm=0,
            cerebras_total_tpm=0,
            zai_concurrency=0,
            first_byte_delay_ms=FIRST_BYTE_MS,
            tokens_per_s=TOKENS_PER_S,
            log_bodies=False,
        ) as simulator,
        running_ccglm(simulator.cerebras_base, simulator.zai_base) as proxy,
    ):
        yield proxy.url, proxy.token, simulator


async def hold(url: str, token: str, args: argparse.Namespace) -> Load:
    """Keep so many streams open for so long; the last ones are read to their end."""
    load = Load(args.streams)
    started = time.monotonic()
    until = started + args.seconds
    progress = asyncio.create_task(show(load, until))
    clients = [Stream(url, token, f"{args.seed}-{i}", load) for i in range(args.streams)]
    await asyncio.gather(*(client.run(until) for client in clients))
    progress.cancel()
    load.seconds = time.monotonic() - started
    return load


class Stream:
    """One client that asks again as soon as it is answered."""

    def __init__(self, url: str, token: str, name: str, load: Load) -> None:
        self._url = url
        self._token = token
        self._name = name
        self._load = load
        self._dice = random.Random(name)  # noqa: S311  chances, not secrets
        self._number = 0

    async def run(self, until: float) -> None:
        """Ask until the time is over."""
        while time.monotonic() < until:
            self._number += 1
            mark = f"{self._name}-{self._number}"
            if self._dice.random() < TOOL_SHARE:
                await self._tool_call(mark)
            else:
                await self._words(mark)

    async def _words(self, mark: str) -> None:
        tokens = self._dice.choices([size for size, _ in SIZES], [often for _, often in SIZES])[0]
        leaves = self._dice.random() < HANG_UP_SHARE
        try:
            reply = await self._ask(
                f"mark:{mark} tokens:{tokens}",
                hang_up_after_bytes=self._dice.randint(1, 4000) if leaves else None,
            )
        except Cut:
            self._load.hung_up += 1
            return
        self._load.take(reply, text_of(tokens, f"mark:{mark}"), tokens)

    async def _tool_call(self, mark: str) -> None:
        wanted = {"old": f"Größe {mark}", "new": '東京 🦊 "quoted"\\\n' * 20}
        reply = await self._ask(f"call Edit {json.dumps(wanted, ensure_ascii=False)}")
        self._load.take(reply, wanted, 0)

    async def _ask(self, words: str, **options: Any) -> Reply:
        body = {
            "model": MODEL,
            "max_tokens": 8192,
            "stream": True,
            "tools": [_EDIT],
            "messages": [{"role": "user", "content": words}],
        }
        session = f"load-{self._name}"
        return await ask(self._url, self._token, body, session=session, **options)


async def left_open(control: SimulatorControl) -> int:
    """Return how many exchanges with providers are still open a moment after the last client has left."""
    deadline = time.monotonic() + 10.0
    while True:
        count = sum(record.in_flight for record in control.log(bodies=False))
        if not count or time.monotonic() > deadline:
            return count
        await asyncio.sleep(0.1)


async def show(load: Load, until: float) -> None:
    """Show on a terminal how it goes."""
    while sys.stderr.isatty():
        left_s = max(0.0, until - time.monotonic())
        text = (
            f"{left_s:>4.0f} s left  {load.answered} answered  {load.lost} lost  {load.mixed} mixed"
        )
        print(f"\r{text} ", end="", file=sys.stderr, flush=True)
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
