"""The benchmark runs whole in its short form: every target measured, no answer lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "benchmark.py"


@pytest.mark.proxy
@pytest.mark.timeout(240)
def test_the_short_benchmark_measures_ccglm_beside_direct(tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--short", "--json", "--plot", str(plot)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [(row["target"], row["load"], row["errors"]) for row in rows] == [
        ("direct", "1 stream", 0), ("ccglm", "1 stream", 0),
        ("direct", "10 streams", 0), ("ccglm", "10 streams", 0),
    ]  # fmt: skip
    assert all(row["cpu_ms_per_request"] > 0 for row in rows if row["target"] == "ccglm")
    assert "tok/s" in plot.read_text()


def test_a_peer_in_another_form_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--peer", "nonsense"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert "NAME=URL,TOKEN" in done.stderr
