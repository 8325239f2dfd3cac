"""`ccglm demo` from the outside: exit code, table, JSON, nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.proxy, pytest.mark.timeout(180)]


def run_demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccglm", "demo", *arguments],
        check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_the_demo_shows_a_session_and_a_burst_and_leaves_nothing(
    isolated_environment: Path,
) -> None:
    done = run_demo("--json")
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["passed"] is True
    assert [step["ok"] for step in report["session"]] == [True] * 4
    assert report["burst"]["answered"] == 20
    assert {name.split("/")[0] for name in report["burst"]["served"]} == {"cerebras", "zai"}
    assert report["refused"] == []
    assert list(isolated_environment.rglob("*")) == []
    assert "ccglm-demo-" not in subprocess.run(
        ["ps", "-eo", "args"], check=True, capture_output=True, text=True
    ).stdout  # fmt: skip
