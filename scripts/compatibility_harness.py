"""Check a gateway against what Claude Code sends and understands, on simulated providers.

    python scripts/compatibility_harness.py URL TOKEN --surface cerebras
    python scripts/compatibility_harness.py --ccglm --surface zai-anthropic --guesses
    python scripts/compatibility_harness.py --list

The gateway at URL must have the simulator as its provider: `http://127.0.0.1:9100/v1` as Cerebras (or any
OpenAI-style upstream), `http://127.0.0.1:9100` as Z.ai, any key. The harness starts the simulator there
(`--simulator-port`), or uses one that is up (`--simulator CONTROL_URL`). Each case judges what the client got
and what the provider was sent. Exit code 1 when a case failed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402 - after the path is set
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: E402

from ccglm.errors import CcglmError  # noqa: E402
from ccglm.simulator.process import start_simulator  # noqa: E402
from scripts.conformance.bench import Names  # noqa: E402
from scripts.conformance.ccglm_gateway import ccglm_gateway  # noqa: E402
from scripts.conformance.expect import CaseFailed  # noqa: E402
from scripts.conformance.guesses import Position, positions  # noqa: E402
from scripts.conformance.registry import SURFACES, Case, all_cases, select  # noqa: E402
from scripts.conformance.report import (  # noqa: E402
    comparison,
    document,
    print_list,
    print_report,
)
from scripts.conformance.runner import CASE_TIMEOUT_S, Outcome, Session, run_cases  # noqa: E402
from scripts.conformance.upstream import Upstream  # noqa: E402
from scripts.conformance.wire import Gateway  # noqa: E402

DEFAULT_MODEL = "claude-sonnet-4-5"
SIMULATOR_PORT = 9100


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    parser = command_line()
    args = parser.parse_args()
    try:
        if args.compare:
            print(comparison(args.compare))
            return 0
        cases = select(
            all_cases(),
            args.surface,
            only=args.only,
            fallback=not args.no_fallback,
            quick=args.quick,
        )
        if args.list:
            print_list(cases, sys.stdout, as_json=args.json)
            return 0
        if not args.ccglm and not (args.url and args.token):
            parser.error("URL and TOKEN, or --ccglm")
        outcomes = run(args, cases)
    except (CcglmError, CaseFailed) as err:
        hint = getattr(err, "hint", None)
        print(f"error: {err}" + (f"\n\nhint: {hint}" if hint else ""), file=sys.stderr)
        return int(getattr(err, "exit_code", 2))
    if args.json:
        about = {"surface": args.surface, "model": args.model}
        print(json.dumps(document(outcomes, **about), indent=2, ensure_ascii=False))
    else:
        print_report(outcomes, sys.stdout)
    return 1 if any(o.verdict == "failed" for o in outcomes) or not outcomes else 0


def command_line() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    about, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("url", nargs="?", metavar="URL", help="address of the gateway, without /v1")
    add("token", nargs="?", metavar="TOKEN", help="bearer token of the gateway")
    add("--ccglm", action="store_true", help="start ccglm itself, in a folder of its own")
    add("--surface", choices=SURFACES, default="cerebras", help="what the first provider speaks")
    add("--model", default=DEFAULT_MODEL, help="name to ask for; leads to the whole chain")
    add("--direct-model", help="name that leads to the first provider only (default: --model)")
    add("--no-fallback", action="store_true", help="the gateway has one provider only")
    add("--simulator", metavar="CONTROL_URL", help="control address of a simulator that is up")
    add("--simulator-port", type=int, default=SIMULATOR_PORT, help="start the simulator here")
    add("--knob", action="append", default=[], metavar="NAME=JSON", help="turn a simulator knob")
    add("--only", action="append", default=[], metavar="GLOB", help="cases or groups, repeatable")
    add("--quick", action="store_true", help="leave out cases that wait for real seconds")
    add("--guesses", action="store_true", help="each guess of the simulator in every position")
    add("--timeout-s", type=float, default=CASE_TIMEOUT_S, help="longest time for one case")
    add("--list", action="store_true", help="print the cases and their descriptions")
    add("--json", action="store_true", help="one JSON document on stdout")
    add("--compare", nargs="+", metavar="NAME=FILE[,FILE]", help="table of --json runs")
    return parser


def run(args: argparse.Namespace, cases: list[Case]) -> list[Outcome]:
    """Start what has to be started and run the cases.

    Raises:
        CcglmError: The simulator or ccglm did not start.
    """
    knobs: dict[str, Any] = {"model_set": "dedicated", "zai_concurrency": 0}
    for text in args.knob:
        name, _, value = text.partition("=")
        knobs[name] = json.loads(value)
    with contextlib.ExitStack() as stack:
        control = args.simulator
        if control is None:
            port = 0 if args.ccglm else args.simulator_port
            simulator = stack.enter_context(start_simulator(api_port=port))
            control = simulator.control
            if args.ccglm:
                made = ccglm_gateway(simulator.api, args.surface)
                started = stack.enter_context(made)
                args.url, args.token = started.url, started.token
                args.direct_model = args.direct_model or started.direct_model
        turned = [None, *(positions(args.surface) if args.guesses else [])]
        return asyncio.run(run_all(args, cases, control, knobs, turned))


async def run_all(
    args: argparse.Namespace,
    cases: list[Case],
    control: str,
    knobs: dict[str, Any],
    turned: list[Position | None],
) -> list[Outcome]:
    """Run the cases once for each position of the guesses; slow ones only the first time."""
    names = Names(args.model, args.direct_model or args.model)
    outcomes: list[Outcome] = []
    quick = [made for made in cases if not made.slow]
    runs = [(position, cases if position is None else quick) for position in turned]
    with progress(sum(len(some) for _, some in runs)) as show:

        def advance(outcome: Outcome) -> None:
            outcomes.append(outcome)
            show(outcome, sum(each.verdict == "failed" for each in outcomes))

        async with (
            Gateway(args.url, args.token, timeout_s=args.timeout_s) as gateway,
            Upstream(control, knobs) as upstream,
        ):
            session = Session(gateway, upstream, args.surface, names, timeout_s=args.timeout_s)
            for position, some in runs:
                await run_cases(session, some, advance, position)
    return outcomes


@contextlib.contextmanager
def progress(total: int) -> Generator[Callable[[Outcome, int], None]]:
    """Show a progress bar on stderr when that is a terminal; yield what to call after each case."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _outcome, _failed: None
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TextColumn("{task.fields[case]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("cases", total=total, case="", failed=0)
        yield lambda outcome, failed: bar.update(
            task, advance=1, case=outcome.case.name, failed=failed
        )


if __name__ == "__main__":
    sys.exit(main())
