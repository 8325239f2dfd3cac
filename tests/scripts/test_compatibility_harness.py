"""The command: its options, its exit codes, and a run of it against ccglm itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ccglm.simulator.process import SimulatorProcess
from scripts.conformance.registry import SURFACES
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "compatibility_harness.py"


def harness(*arguments: str, timeout_s: float = 100) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def direct(simulator: SimulatorProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it against the simulated Z.ai's own Anthropic surface, the plainest gateway there is."""
    names = ("--surface", "zai-anthropic", "--model", "glm-4.7", "--no-fallback")
    url = f"{simulator.api}/api/anthropic"
    return harness(url, "any", "--simulator", simulator.control, *names, *arguments)


def test_it_lists_its_cases() -> None:
    done = harness("--list", "--json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert len(rows) >= 120
    assert rows[0].keys() >= {"name", "group", "description"}


def test_passed_cases_give_exit_code_0_and_a_table(simulator: SimulatorProcess) -> None:
    done = direct(simulator, "--only", "count_tokens/answers-*", "--only", "SDK/create")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "count_tokens                 1       0        0" in done.stdout
    assert done.stdout.endswith("ok: every case passed\n")
    assert done.stderr == ""


def test_a_failed_case_gives_exit_code_1_and_its_reason(simulator: SimulatorProcess) -> None:
    done = direct(simulator, "--only", "text/blank-message", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert not document["ok"]
    assert "the provider refused" in document["results"][0]["reason"]


def test_guesses_repeat_the_cases_in_every_position(simulator: SimulatorProcess) -> None:
    done = direct(simulator, "--only", "SDK/create", "--guesses", "--json")
    document = json.loads(done.stdout)
    positions = {row["guess"] for row in document["results"]}
    assert document["cases"] == len(positions) > 10
    assert "zai_x_api_key=reject" in positions


def test_no_case_no_success(simulator: SimulatorProcess) -> None:
    assert direct(simulator, "--only", "no-such-case").returncode == 1


def test_runs_are_compared(tmp_path: Path) -> None:
    row = {"passed": 3, "failed": 1, "skipped": 0}
    (tmp_path / "a.json").write_text(json.dumps({"groups": {"text": row}}))
    done = harness("--compare", f"ccglm={tmp_path}/a.json")
    assert done.returncode == 0
    assert "| text | 3 of 4 |" in done.stdout
    assert harness("--compare", "nonsense").returncode == 2


def test_it_says_what_it_wants() -> None:
    done = harness()
    assert done.returncode == 2
    assert "URL and TOKEN" in done.stderr


# The whole suite runs on the chain ccglm is made for; the other surfaces are asked for what differs there.
DIFFERENT = (
    "non-streaming", "tools", "tool results", "tool faults", "thinking", "system", "stop reasons", "errors", "overflow",
    "broken streams", "client sessions",
)  # fmt: skip


@pytest.mark.proxy
@pytest.mark.timeout(420)
@pytest.mark.parametrize("surface", SURFACES)
def test_ccglm_passes_every_case(surface: str) -> None:
    only = [] if surface == "cerebras" else [f"--only={group}" for group in DIFFERENT]
    done = harness("--ccglm", "--quick", "--json", "--surface", surface, *only, timeout_s=400)
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    failed = [
        f"{r['name']}: {r['reason']}" for r in document["results"] if r["verdict"] != "passed"
    ]
    assert failed == []
    assert done.returncode == 0
    assert document["passed"] > 150
