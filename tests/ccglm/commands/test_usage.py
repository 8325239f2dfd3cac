"""`ccglm usage` as it is typed: codes, forms, and what it says when there is nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from callbacks.usage_rows import UsageRow, insert_row, wall_clock_ms
from callbacks.usage_schema import open_store
from ccglm.cli import app
from tests.helpers.usage_builders import DAY_MS, a_store, a_usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    now_ms = wall_clock_ms()
    rows = [
        a_usage_row(started_at_ms=now_ms - 60_000),
        a_usage_row(started_at_ms=now_ms - 60_000, provider="zai", served_model="glm-4.7"),
        a_usage_row(started_at_ms=now_ms - 20 * DAY_MS),
    ]
    return a_store(tmp_path / "state" / "usage.db", rows)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["usage", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def run_json(*arguments: str) -> dict[str, Any]:
    code, stdout, stderr = run("--json", *arguments)
    assert (code, stderr) == (0, "")
    return json.loads(stdout)


def test_no_store_is_no_error() -> None:
    sentence = "no request is recorded yet; start the proxy with `ccglm up`\n"
    assert run() == (0, sentence, "")
    document = run_json()
    assert document["ok"] is True
    assert document["totals"]["requests"] == 0
    code, stdout, _ = run("--csv")
    assert (code, stdout.count("\n")) == (0, 1)


def test_an_empty_store_is_no_error(tmp_path: Path) -> None:
    a_store(tmp_path / "state" / "usage.db", [])

    assert run()[0] == 0
    assert run_json()["recorded"] is None


@pytest.mark.usefixtures("store")
def test_a_week_is_shown_unless_told_otherwise() -> None:
    assert run_json()["totals"]["requests"] == 2
    assert run_json("--since", "30d")["totals"]["requests"] == 3
    assert run_json("--since", "30d", "--until", "10d")["totals"]["requests"] == 1
    code, stdout, _ = run("--since", "30d")
    assert code == 0
    assert "requests     3: 3 served" in stdout


@pytest.mark.usefixtures("store")
def test_the_lines_are_what_was_asked_for() -> None:
    groups = run_json("--by", "model")["groups"]
    assert [group["key"] for group in groups] == ["cerebras/zai-glm-4.7", "zai/glm-4.7"]
    rows = list(csv.DictReader(io.StringIO(run("--by", "provider", "--csv")[1])))
    assert [row["provider"] for row in rows] == ["cerebras", "zai"]


@pytest.mark.usefixtures("store")
def test_the_cost_stands_beside_claudes() -> None:
    totals = run_json()["totals"]
    assert totals["claude_cost_usd"] > totals["cost_usd"] / 100 > 0
    assert "at Claude's list price" in run()[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "soon"], "`soon` is no time"),
        (["--by", "colour"], "colour"),
        (["--csv", "--watch"], "`--csv` goes with neither"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str], said: str) -> None:
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (2, "")
    assert said in stderr


def test_a_damaged_store_is_told_in_both_forms(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "usage.db").write_bytes(b"?" * 5000)

    code, stdout, stderr = run()
    assert (code, stdout) == (4, "")
    assert "damaged" in stderr
    code, stdout, _ = run("--json")
    assert code == 4
    assert json.loads(stdout)["error"]["code"] == "prerequisite_missing"


WATCHER = """
from ccglm.cli import app
app(["usage", "--since", "today", "--watch"])
"""


def lines_from(descriptor: int) -> Iterator[str]:
    """Yield what arrives, as it arrives, until nothing has come for ten seconds."""
    while select.select([descriptor], [], [], 10.0)[0]:
        try:
            data = os.read(descriptor, 65_536)
        except OSError:  # Linux ends a pseudo-terminal with EIO
            return
        if not data:
            return
        yield data.decode()


def read_until(chunks: Iterator[str], text: str) -> str:
    seen = ""
    for chunk in chunks:
        seen += chunk
        if text in seen:
            return seen
    raise AssertionError(f"{text!r} did not come in {seen!r}")


def add_row(path: Path, row: UsageRow) -> None:
    with closing(open_store(path)) as connection:
        insert_row(connection, row)


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_watching_follows_the_store_until_interrupted(store: Path, terminal: bool) -> None:
    ours, theirs = pty.openpty() if terminal else os.pipe()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "160", "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", WATCHER],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=store.parent,
    )
    os.close(theirs)
    chunks = lines_from(ours)
    first = read_until(chunks, "requests     2: 2 served")
    add_row(store, a_usage_row(started_at_ms=wall_clock_ms()))
    second = read_until(chunks, "requests     3: 3 served")
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=20)
    os.close(ours)

    assert (child.returncode, errors) == (0, b"")
    assert ("\x1b[" in first + second) is terminal, "only a terminal is redrawn"
