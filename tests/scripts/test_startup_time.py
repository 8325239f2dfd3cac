"""The figures are printed for every command, as ratios."""

import json
import subprocess
import sys
from pathlib import Path

from scripts.startup_time import BASELINE, COMMANDS, measure

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "startup_time.py"


def test_a_command_is_measured_in_milliseconds() -> None:
    assert 1 < measure(["-c", "pass"], 1) < 60_000


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--runs", "1", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_command_has_a_ratio() -> None:
    rows = json.loads(run("--json"))["rows"]
    assert [row["command"] for row in rows] == list(COMMANDS)
    assert {row["command"]: row["ratio"] for row in rows}[BASELINE] == 1.0


def test_people_get_a_table() -> None:
    lines = run().splitlines()
    assert len(lines) == len(COMMANDS)
    assert all(line.endswith(" x") for line in lines)
