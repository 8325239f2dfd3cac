"""`ccglm export` as it is typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from callbacks.usage_rows import wall_clock_ms
from ccglm.cli import app
from tests.helpers.usage_builders import DAY_MS, a_store, a_usage_row

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["export", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_lines_go_to_stdout_and_nothing_else_does(home: Path) -> None:
    now_ms = wall_clock_ms()
    rows = [
        a_usage_row(request_id=str(days), started_at_ms=now_ms - days * DAY_MS) for days in (9, 1)
    ]
    a_store(home / "state" / "usage.db", rows)

    code, stdout, stderr = run("--jsonl")
    assert (code, stderr) == (0, "")
    assert [json.loads(line)["request_id"] for line in stdout.splitlines()] == ["9", "1"]
    assert len(run("--jsonl", "--since", "7d")[1].splitlines()) == 1
    assert run("--jsonl", "--since", "1h") == (0, "", "no request is recorded for that time\n")


def test_no_store_is_no_error() -> None:
    assert run("--jsonl") == (0, "", "no request is recorded for that time\n")


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "say in which form"), (["--jsonl", "--since", "x"], "is no time")]
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str], said: str) -> None:
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (2, "")
    assert said in stderr
