"""The chaos test itself, in its short form: everything from `ccglm up` to the last figure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "chaos_test.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], check=False, capture_output=True, text=True
    )


@pytest.mark.proxy
@pytest.mark.timeout(300)
def test_nothing_is_lost_and_nothing_wrong_in_a_short_storm() -> None:
    done = run("--minutes=0.35", "--clients=10", "--seed=11", "--patience-s=3", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert (figures["lost"], figures["wrong"], figures["left_open"]) == (0, 0, 0)
    assert figures["turns"] > 20
    assert figures["faults_met"] > 5
    assert figures["fallbacks"] > 0
    assert "seed 11" in done.stderr


def test_a_proxy_without_its_simulator_is_refused() -> None:
    done = run("--url", "http://127.0.0.1:9", "--token", "t")
    assert done.returncode == 2
    assert "belong together" in done.stderr
