"""How long the short commands take, beside Python itself.

Prints milliseconds and the ratio to `python -c pass`, which is what counts: it does not depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import typer": ["-c", "import typer"],
    "ccglm --version": ["-m", "ccglm", "--version"],
    "ccglm --help": ["-m", "ccglm", "--help"],
    "ccglm status": ["-m", "ccglm", "status"],
    "ccglm down": ["-m", "ccglm", "down"],
    "ccglm usage": ["-m", "ccglm", "usage"],
    "ccglm claude-env --print": ["-m", "ccglm", "claude-env", "--print"],
}
BASELINE = "python -c pass"


def measure(arguments: list[str], runs: int) -> float:
    """Return the fastest of some runs, in milliseconds; the others were disturbed."""
    fastest_s = float("inf")
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=False)  # noqa: S603 - fixed commands
        fastest_s = min(fastest_s, time.perf_counter() - began)
    return fastest_s * 1000


def main() -> None:
    """Measure every command and print a table, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--runs", type=int, default=7, help="runs of each command; the fastest counts"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    figures = {name: measure(arguments, options.runs) for name, arguments in COMMANDS.items()}
    rows = [
        {"command": name, "ms": round(ms, 1), "ratio": round(ms / figures[BASELINE], 2)}
        for name, ms in figures.items()
    ]
    if options.json:
        print(
            json.dumps(
                {"ok": True, "python": str(Path(sys.executable).name), "rows": rows}, indent=2
            )
        )
        return
    width = max(len(name) for name in figures)
    for row in rows:
        print(f"{row['command']:<{width}}  {row['ms']:>7.1f} ms  {row['ratio']:>6.2f} x")


if __name__ == "__main__":
    main()
