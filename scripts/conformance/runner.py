"""Runs the cases one after the other and keeps what came of each.

One at a time because the simulator's script and log belong to the case that runs. What a case raises never
ends the run: an answer in an unexpected form is a failure like any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from scripts.conformance.bench import Bench, Names
from scripts.conformance.expect import CaseFailed, CaseSkipped
from scripts.conformance.guesses import Position
from scripts.conformance.registry import Case, Surface
from scripts.conformance.upstream import Upstream
from scripts.conformance.wire import Gateway

CASE_TIMEOUT_S = 30.0
SLOW_CASE_TIMEOUT_S = 180.0

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """What came of one case.

    Attributes:
        case: The case.
        verdict: Passed, failed, or skipped.
        reason: Why it failed or was skipped; empty for passed.
        duration_ms: How long it took.
        position: The simulator's guess that was turned, as `name=value`; empty for none.
    """

    case: Case
    verdict: Verdict
    reason: str
    duration_ms: float
    position: str = ""


@dataclass
class Session:
    """A gateway, the simulator behind it, and how to ask.

    `distrusted` is True once the gateway did not come back to its first provider after a fault.
    """

    gateway: Gateway
    upstream: Upstream
    surface: Surface
    names: Names
    timeout_s: float = CASE_TIMEOUT_S
    distrusted: bool = False

    def bench(self, *, stream: bool = True) -> Bench:
        """Return a bench for one case."""
        return Bench(self.gateway, self.upstream, self.surface, self.names, stream=stream)


async def run_cases(
    session: Session,
    cases: Sequence[Case],
    on_outcome: Callable[[Outcome], None],
    position: Position | None = None,
) -> list[Outcome]:
    """Run the cases in order.

    Args:
        session: Where to send the requests.
        cases: What to run.
        on_outcome: Called after each case.
        position: A guess of the simulator to turn for all of them.
    """
    knobs = dict(session.upstream.base_knobs)
    if position is not None:
        session.upstream.base_knobs[f"guess.{position.name}"] = position.value
    outcomes: list[Outcome] = []
    session.distrusted = False
    try:
        for made in cases:
            outcome = await run_case(session, made, str(position or ""))
            outcomes.append(outcome)
            on_outcome(outcome)
    finally:
        session.upstream.base_knobs = knobs
    return outcomes


async def run_case(session: Session, made: Case, position: str = "") -> Outcome:
    """Run one case from a fresh simulator and judge both sides; wait out what its fault left behind."""
    bench = session.bench(stream=made.stream)
    await session.upstream.reset()
    started = time.perf_counter()
    limit_s = max(session.timeout_s, SLOW_CASE_TIMEOUT_S if made.slow else 0)
    verdict, reason = await judged(lambda: _run(made, bench), limit_s)
    duration_ms = (time.perf_counter() - started) * 1000
    if made.fault:
        await _settle(session)
    return Outcome(made, verdict, reason, duration_ms, position)


async def _run(made: Case, bench: Bench) -> None:
    await made.run(bench)
    await bench.close(healthy=not made.fault)


async def judged(act: Callable[[], Awaitable[None]], limit_s: float) -> tuple[Verdict, str]:
    """Run an act and return what became of it, with the reason."""
    try:
        async with asyncio.timeout(limit_s):
            await act()
    except CaseFailed as err:
        return "failed", str(err)
    except CaseSkipped as err:
        return "skipped", str(err)
    except TimeoutError:
        return "failed", f"not over after {limit_s:.0f} s"
    except Exception as err:  # noqa: BLE001 - whatever a gateway answers, the run goes on
        return "failed", f"the answer has not the expected form: {type(err).__name__}: {err}"
    return "passed", ""


async def _settle(session: Session) -> None:
    """Wait until the gateway is back on its first provider, unless it never came back before."""
    bench = session.bench()
    await session.upstream.reset()
    await session.gateway.forget_faults()
    limit_s = 1.0 if session.distrusted else SLOW_CASE_TIMEOUT_S
    verdict, _ = await judged(bench.recovered, limit_s)
    session.distrusted = verdict != "passed"
