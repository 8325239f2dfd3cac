"""Send many requests at once to a running ccglm and show who served each.

    python scripts/parallel_fallback_test.py [URL TOKEN] [-n 20] [--model main] [--json]

Without URL and TOKEN it asks the ccglm that `ccglm status` would show. Exit code 1 when a request failed or
when one provider served them all, so that fallback did not happen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from ccglm.context import AppContext
from ccglm.demo.burst import BurstResult, run_burst
from ccglm.errors import CcglmError
from ccglm.proxy.active import require_active
from ccglm.proxy.address import address_of
from ccglm.proxy.messages_client import Answer, MessagesClient
from ccglm.text import escape_controls


def main() -> int:
    """Run the burst the command line asks for; return the exit code."""
    args = parse_arguments()
    if args.url and args.token:
        url, token = args.url, args.token
    else:
        try:
            app = AppContext.from_process()
            record = require_active(app.paths.run_record).record
            url, token = address_of(record, app.environment)
        except CcglmError as err:
            print(f"error: {err}\n\nhint: {err.hint}", file=sys.stderr)
            return int(err.exit_code)
    result = asyncio.run(burst(url, token, args))
    if args.json:
        print(json.dumps(result.document(), indent=2))
    else:
        print_summary(result)
    return 0 if result.fell_back and not result.errors else 1


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", nargs="?", help="address of the proxy, without /v1")
    parser.add_argument("token", nargs="?", help="bearer token of the proxy")
    parser.add_argument("-n", "--requests", type=int, default=20, help="how many at once")
    parser.add_argument("--model", default="main", help="the name to ask for")
    parser.add_argument("--no-stream", action="store_true", help="ask without streaming")
    parser.add_argument("--timeout-s", type=float, default=120.0, help="longest silence, seconds")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return parser.parse_args()


async def burst(url: str, token: str, args: argparse.Namespace) -> BurstResult:
    """Send the requests; print a row for each as it ends, to stderr when stdout carries JSON."""
    out = sys.stderr if args.json else sys.stdout

    def row(number: int, answer: Answer) -> None:
        served = answer.served_by or "nobody"
        because = f"  after {answer.fallback}" if answer.fallback else ""
        outcome = because if answer.ok else f"  error: {escape_controls(answer.error or '')}"
        print(f"{number:>4}  {served:<28} {answer.duration_ms:>8.0f} ms{outcome}", file=out)

    async with MessagesClient(url, token, timeout_s=args.timeout_s) as client:
        return await run_burst(
            client, args.requests, model=args.model, stream=not args.no_stream, on_answer=row
        )


def print_summary(result: BurstResult) -> None:
    """Print counts and the verdict."""
    print()
    for member, count in result.served.items():
        print(f"{member:<34} {count:>4} answered")
    print(f"{'errors':<34} {len(result.errors):>4}")
    for text in sorted(set(result.errors)):
        print(f"  {result.errors.count(text)}x {escape_controls(text)}")
    if result.errors:
        verdict = "failed: not every request was answered"
    elif not result.fell_back:
        verdict = (
            "failed: one provider served everything, fallback was not needed or did not happen"
        )
    else:
        verdict = "ok: every request was answered, and more than one provider served"
    print(f"\n{verdict}")


if __name__ == "__main__":
    sys.exit(main())
