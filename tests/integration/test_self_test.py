"""`ccglm test` on a real LiteLLM and the strict simulator: all right, then what is planted is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from ccglm.paths import Paths
from ccglm.proxy.run_record import write_run_record
from ccglm.simulator.process import SimulatorProcess
from tests.helpers.launches import a_record
from tests.helpers.live_proxy import MASTER_KEY, LiveProxy, live_proxy, proxy_settings, rested
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process
from tests.helpers.terminal import Terminal

__all__ = ["live_proxy", "proxy_settings", "rested", "simulator", "simulator_knobs", "simulator_process"]  # fmt: skip

pytestmark = pytest.mark.proxy

MEMBERS = ["cerebras/zai-glm-4.7", "zai/glm-4.7", "zai/glm-4.5-air"]


@pytest.fixture
def home(live_proxy: LiveProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose run record is of the module's proxy."""
    port = int(live_proxy.url.rpartition(":")[2])
    record = a_record(
        pid=live_proxy.process.pid, port=port, run_id="test-run",
        settings_path=str(live_proxy.folder / "ccglm.yaml"), state_path=str(live_proxy.folder),
    )  # fmt: skip
    (tmp_path / "state").mkdir()
    write_run_record(Paths(tmp_path, tmp_path / "state").run_record, record)
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    monkeypatch.setenv("CCGLM_MASTER_KEY", MASTER_KEY)
    return tmp_path


def ask(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["test", "--yes", "--json", *arguments])
    return result.exit_code, json.loads(result.stdout)


def test_every_model_does_all_of_it(home: Path, simulator: SimulatorProcess) -> None:
    code, document = ask("--overflow")
    wrong = [result for result in document["results"] if result["state"] != "ok"]
    assert (code, wrong) == (0, [])
    assert len(document["results"]) == 7 * len(MEMBERS)
    assert {result["model"] for result in document["results"][::7]} == {*MEMBERS}
    overflows = [r["detail"] for r in document["results"] if r["test"] == "overflow"]
    assert all("prompt is too long: " in detail for detail in overflows)
    refused = {record.error_code for record in simulator.log(bodies=False) if record.status >= 400}
    assert refused <= {"context_length_exceeded", "1261"}
    # What it announces is enough for the real thing's fixed part: the prompts.
    assert 0 < document["tokens"][MEMBERS[0]]["input"] <= 3000


def test_a_model_that_fails_hides_behind_nobody(home: Path, simulator: SimulatorProcess) -> None:
    simulator.scenario("CB-11", times=0)
    code, document = ask("--only", MEMBERS[0], "--only", MEMBERS[1])
    assert (code, document["passed"], document["ok"]) == (1, False, False)
    failed = {result["model"] for result in document["results"] if result["state"] == "fail"}
    assert failed == {MEMBERS[0]}
    assert document["error"]["message"] == f"6 tests failed on {MEMBERS[0]}"


def test_a_quota_is_waited_for(home: Path, simulator: SimulatorProcess) -> None:
    simulator.scenario("CB-04", times=1, params={"retry_after": 1})
    result = CliRunner().invoke(app, ["test", "--yes", "--only", MEMBERS[0]])
    assert result.exit_code == 0, result.output
    assert f"{MEMBERS[0]} has no room: asking again in " in result.stderr


def test_people_see_a_table_and_what_it_costs_first(
    home: Path, simulator: SimulatorProcess
) -> None:
    result = CliRunner().invoke(app, ["test", "--yes", "--only", MEMBERS[2]])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].split() == [
        "model",
        "test",
        "took",
        "what",
        "came",
        "back",
    ]
    assert "6 of 6 right; " in result.stdout
    assert result.stderr.startswith("asks zai/glm-4.5-air through the running proxy:\nabout 6,000 ")


def test_nobody_is_asked_without_agreement(
    home: Path, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, ["test"])
    assert result.exit_code == 4
    assert "pass `--yes`" in result.stderr
    terminal = Terminal(["test"], {}, tmp_path)
    terminal.wait_for("[y/N]")
    terminal.type("n")
    assert terminal.finish() == 1
    assert "nobody was asked" in terminal.shown
    assert simulator.log(bodies=False) == []


def test_a_name_of_no_chain_is_a_wrong_option(home: Path) -> None:
    result = CliRunner().invoke(app, ["test", "--only", "zai/x"])
    assert result.exit_code == 2
    assert "there are zai/glm-4.5-air" in " ".join(result.stderr.split())
