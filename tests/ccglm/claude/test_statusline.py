"""The status line tells the truth in one line, starts quickly, and never fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.claude.statusline import state_folder, status_line
from ccglm.paths import resolve_paths
from tests.helpers.usage_builders import NOON_MS, a_store, a_usage_row

ROOT = Path(__file__).resolve().parents[3]
TOLD = {
    "session_id": "session-1",
    "model": {"id": "claude-sonnet-4-5", "display_name": "Sonnet"},
    "context_window": {"context_window_size": 200_000},
    "cost": {"total_cost_usd": 12.0},
}
# Each of these takes longer to import than the status line has.
SLOW_MODULES = {"typer", "pydantic", "rich", "yaml", "inspect", "dataclasses", "litellm", "asyncio"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    a_store(folder / "usage.db", [a_usage_row(input_tokens=60_000, output_tokens=5_536)])
    return folder


def write_hooks(state: Path, text: str) -> None:
    (state / "hooks.json").write_text(text)


def test_it_shows_who_answered_the_real_window_the_cost_and_the_speed(state: Path) -> None:
    models = {"cerebras/zai-glm-4.7": {"context_tokens": 131_072}}
    write_hooks(state, json.dumps({"models": models}))

    line = status_line(TOLD, state)

    assert line == "cerebras/zai-glm-4.7 | context 50 % of 131,072 | 0.0100 USD | 11,072 tok/s"


@pytest.mark.parametrize("hooks", [None, "not json", "[]", '{"models": {}}'])
def test_without_the_real_window_the_clients_counts(state: Path, hooks: str | None) -> None:
    if hooks is not None:
        write_hooks(state, hooks)

    assert "context 33 % of 200,000" in status_line(TOLD, state)
    assert "| context 65,536 |" in status_line({**TOLD, "context_window": None}, state)


def test_a_fallback_and_a_failure_are_marked_in_words(tmp_path: Path) -> None:
    rows = [
        a_usage_row(
            provider="zai", served_model="glm-4.7", output_ms=None,
            fallback_from="cerebras/zai-glm-4.7", fallback_cause="token_quota",
        ),
        a_usage_row(started_at_ms=NOON_MS + 1, outcome="failed", fault="timeout", output_ms=None),
    ]  # fmt: skip
    a_store(tmp_path / "usage.db", rows)

    assert status_line(TOLD, tmp_path) == (
        "! zai/glm-4.7, not cerebras/zai-glm-4.7: token_quota | context 1 % of 200,000"
        " | 0.0200 USD | last request failed: timeout"
    )


def test_before_the_first_answer_it_says_so(tmp_path: Path) -> None:
    assert status_line(TOLD, tmp_path) == "Sonnet | no request yet"
    assert status_line({}, tmp_path) == "ccglm | no request yet"
    a_store(tmp_path / "usage.db", [a_usage_row(session_id="other")])
    assert status_line(TOLD, tmp_path) == "Sonnet | no request yet"
    failed = a_usage_row(outcome="failed", fault="auth", cost_usd=0.0, output_ms=None)
    a_store(tmp_path / "failed" / "usage.db", [failed])
    assert status_line(TOLD, tmp_path / "failed") == (
        "Sonnet | nothing served yet | 0.00 USD | last request failed: auth"
    )


def run(stdin: str | bytes, state: Path, *command: str) -> str:
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    arguments = command or (sys.executable, "-m", "ccglm.claude.statusline", "--state", str(state))
    environment = {**os.environ, "CCGLM_HOME": str(state.parent), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        arguments, input=data, capture_output=True, timeout=30, env=environment, cwd=state.parent,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1
    return done.stdout.decode().removesuffix("\n")


def test_it_is_a_program_of_its_own_and_a_command(state: Path) -> None:
    expected = status_line(TOLD, state)
    told = json.dumps(TOLD)

    assert run(told, state) == expected
    assert run(told, state, sys.executable, "-m", "ccglm", "statusline") == expected
    assert run(told, state, sys.executable, "-m", "ccglm", "--quiet", "statusline") == expected


@pytest.mark.parametrize(
    "stdin", [b"", b"{", b"[1]", b"\xff\xfe", b'{"model": 5, "session_id": 7}']
)
def test_whatever_it_is_told_it_prints_a_line(state: Path, stdin: bytes) -> None:
    assert run(stdin, state) == "ccglm | no request yet"


def test_a_damaged_store_is_a_line_too(state: Path) -> None:
    (state / "usage.db").write_bytes(b"?" * 5000)

    assert run(json.dumps(TOLD), state).startswith("Sonnet | usage unknown: ")


def test_control_characters_of_others_do_not_reach_the_terminal(tmp_path: Path) -> None:
    model = {"display_name": "\x1b]0;title\x07 \ud800"}
    line = run(json.dumps({"session_id": "s", "model": model}), tmp_path / "state")

    assert line.isprintable()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from(sorted(TOLD)), json_values))
def test_no_story_of_the_client_breaks_it(
    tmp_path_factory: pytest.TempPathFactory, told: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "shared-state"
    if not folder.exists():
        a_store(folder / "usage.db", [a_usage_row()])

    assert status_line({**TOLD, **told, "session_id": "session-1"}, folder)


def test_it_loads_nothing_slow() -> None:
    code = "import sys, ccglm.claude.statusline; print(*sys.modules)"
    shown = subprocess.run(
        # -E -S would hide our own package; without the variable coverage does not load itself first.
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    )  # fmt: skip
    assert not {name.partition(".")[0] for name in shown.stdout.split()} & SLOW_MODULES


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"CCGLM_HOME": "/x/home"},
        {"CCGLM_HOME": "", "XDG_STATE_HOME": "/x/state"},
        {"CCGLM_HOME": "rel"},
    ],
)
def test_the_state_folder_is_where_every_command_has_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    paths = resolve_paths(environment, app_dir=Path("/x/app"), home=Path.home())
    assert state_folder() == paths.state
