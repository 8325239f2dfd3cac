"""Many clients in tool sessions while the simulated providers fail in every way: nothing may be lost or wrong.

    python scripts/chaos_test.py [--minutes 10] [--clients 30] [--seed N] [--json]
    python scripts/chaos_test.py --url URL --token TOKEN --simulator CONTROL

Starts the simulator and ccglm itself, with several keys for each provider, unless it is given running ones. Every
answer is known to the byte beforehand. Exit code 1 when an answer was lost or wrong, or an exchange was left open.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from ccglm.simulator.control_client import SimulatorControl
from ccglm.simulator.process import start_simulator
from scripts.bench.targets import running_ccglm
from scripts.chaos.conversation import THINKING_TOKENS, Client
from scripts.chaos.figures import Figures
from scripts.chaos.weather import CALM, Weather

KEYS = {
    "cerebras": ("bench-cerebras", "chaos-cerebras-2", "chaos-cerebras-3"),
    "zai": ("bench-zai", "chaos-zai-2", "chaos-zai-3"),
}
FURTHER_KEYS = {
    "CEREBRAS_API_KEY_2": "chaos-cerebras-2",
    "CEREBRAS_API_KEY_3": "chaos-cerebras-3",
    "ZAI_API_KEY_2": "chaos-zai-2",
    "ZAI_API_KEY_3": "chaos-zai-3",
}
SETTINGS = """\
providers:
  cerebras: {keys: [CEREBRAS_API_KEY, CEREBRAS_API_KEY_2, CEREBRAS_API_KEY_3]}
  zai: {keys: [ZAI_API_KEY, ZAI_API_KEY_2, ZAI_API_KEY_3]}
models: {main: [cerebras/zai-glm-4.7, zai/glm-4.7]}
aliases: {"*": main}
server: {ping_s: 2, stall_timeout_s: 5}
"""
TOKENS_PER_S = 400
QUOTA_WAIT_S = 3
DRAIN_S = 150.0
LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Scene:
    """A running proxy in front of a running simulator."""

    url: str
    token: str
    control: SimulatorControl
    keys: dict[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


def main() -> int:
    """Run the chaos the command line asks for; return the exit code."""
    args = parse_arguments()
    figures = Figures()
    with scene(args) as running:
        asyncio.run(chaos(running, args, figures))
    print(json.dumps(figures.document(), indent=2) if args.json else figures.text())
    return 0 if figures.ok else 1


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the chaos lasts")
    parser.add_argument("--clients", type=int, default=30, help="how many talk at once")
    parser.add_argument("--seed", type=int, default=None, help="the same chances again")
    parser.add_argument("--patience-s", type=float, default=60.0, help="longest pause before a try")
    parser.add_argument("--url", help="address of a running proxy, without /v1")
    parser.add_argument("--token", help="its bearer token")
    parser.add_argument("--simulator", metavar="CONTROL", help="control address of its simulator")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    args = parser.parse_args()
    given = [args.url, args.token, args.simulator]
    if any(given) and not all(given):
        parser.error("--url, --token and --simulator belong together")
    if args.seed is None:
        args.seed = random.SystemRandom().randrange(1_000_000)
    return args


@contextlib.contextmanager
def scene(args: argparse.Namespace) -> Generator[Scene]:
    """Yield what was given on the command line, else start it and stop it at the end."""
    if args.url:
        yield Scene(args.url, args.token, SimulatorControl(args.simulator))
        return
    with (
        start_simulator(models="legacy_glm") as simulator,
        running_ccglm(
            simulator.cerebras_base, simulator.zai_base, settings=SETTINGS, keys=FURTHER_KEYS
        ) as target,
    ):
        yield Scene(target.url, target.token, simulator, dict(KEYS))


async def chaos(running: Scene, args: argparse.Namespace, figures: Figures) -> None:
    """Let the clients talk while the weather blows, then let them finish in calm."""
    control, dice = running.control, random.Random(args.seed)  # noqa: S311  chances, not secrets
    control.knobs(
        **CALM,
        tokens_per_s=TOKENS_PER_S,
        thinking_tokens=THINKING_TOKENS,
        retry_after_requests=QUOTA_WAIT_S,
        retry_after_tokens=QUOTA_WAIT_S,
        log_bodies=False,
        log_limit=100_000,
    )
    ends_at = time.monotonic() + args.minutes * 60
    weather = Weather(control, random.Random(dice.random()), running.keys)  # noqa: S311
    clients = [
        Client(running.url, running.token, f"c{number}", random.Random(dice.random()), figures, patience_s=args.patience_s)  # noqa: S311
        for number in range(args.clients)
    ]  # fmt: skip
    watching = asyncio.create_task(watch(figures, args.seed, ends_at))
    talks = [
        asyncio.create_task(client.talk(lambda: time.monotonic() < ends_at)) for client in clients
    ]
    await weather.blow(args.minutes * 60)
    _, unfinished = await asyncio.wait(talks, timeout=DRAIN_S)
    for talk in unfinished:
        talk.cancel()
        figures.note_lost(f"a conversation did not end within {DRAIN_S:.0f} s of calm")
    await asyncio.gather(*(set(talks) - unfinished))
    watching.cancel()
    await settle(control, figures)


async def watch(figures: Figures, seed: int, ends_at: float) -> None:
    """Show how it goes, on stderr."""
    while True:
        left_s = max(0.0, ends_at - time.monotonic())
        print(
            f"\rseed {seed}  {left_s:>4.0f} s left  {figures.turns} turns  {figures.requests} requests  "
            f"{figures.fallbacks} fallbacks  {figures.errors.total()} errors  {figures.lost} lost  "
            f"{figures.wrong} wrong ",
            end="" if sys.stderr.isatty() else "\n",
            file=sys.stderr,
            flush=True,
        )
        await asyncio.sleep(LOOK_EVERY_S if sys.stderr.isatty() else 10 * LOOK_EVERY_S)


async def settle(control: SimulatorControl, figures: Figures) -> None:
    """Count what the providers saw, and what is still open a moment after the last client has left."""
    deadline = time.monotonic() + 10.0
    records = control.log(bodies=False)
    while any(record.in_flight for record in records) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        records = control.log(bodies=False)
    figures.left_open = sum(record.in_flight for record in records)
    figures.note_provider(records)
    print(file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
