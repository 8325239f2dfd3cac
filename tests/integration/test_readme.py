"""Every command of the README runs, in its order, as a newcomer would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccglm.simulator.process import SimulatorProcess, start_simulator
from tests.conftest import UV_CACHE

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]

# Stands for the client: shows that it was started with the proxy's address and a token.
FAKE_CLAUDE = """#!/bin/sh
case "$ANTHROPIC_BASE_URL" in http://127.0.0.1:*) ;; *) exit 9 ;; esac
test -n "$ANTHROPIC_AUTH_TOKEN" && echo "claude on $ANTHROPIC_MODEL"
"""

pytestmark = [pytest.mark.proxy, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def providers() -> Iterator[SimulatorProcess]:
    with start_simulator(models="legacy_glm", cerebras_rpm=10, zai_concurrency=0) as simulator:
        yield simulator


@pytest.fixture
def environment(
    tmp_path: Path, providers: SimulatorProcess, isolated_environment: Path
) -> dict[str, str]:
    programs = tmp_path / "bin"
    programs.mkdir()
    claude = programs / "claude"
    claude.write_text(FAKE_CLAUDE)
    claude.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{programs}:{BIN}:{os.environ['PATH']}",
        "HOME": str(isolated_environment),
        "CCGLM_HOME": str(tmp_path / "home"),
        "CEREBRAS_API_KEY": "key-of-the-newcomer-1",
        "ZAI_API_KEY": "key-of-the-newcomer-2",
        "CEREBRAS_API_BASE": providers.cerebras_base,
        "ZAI_API_BASE": providers.zai_base,
    }


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, shell=True, check=False, cwd=ROOT, env=environment,
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_readme_shows_both_ways_in_its_first_screen() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:50])
    for command in ("make demo", "uv tool install .", "ccglm init", "ccglm up", "ccglm code"):
        assert command in first_screen


def test_the_user_s_path_works_in_the_readme_s_order(environment: dict[str, str]) -> None:
    ours = [c for c in COMMANDS if c.startswith(("ccglm ", "python "))]
    assert ours[:3] == ["ccglm init", "ccglm up --detach", "ccglm code"]
    try:
        for command in ours:
            # Another proxy may hold the default port on this machine.
            words = command.replace("up --detach", "up --detach --port auto")
            done = run(words, environment)
            assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
            if command == "ccglm code":
                assert "claude on main" in done.stdout
        shown = run("ccglm usage --json", environment)
        assert '"zai"' in shown.stdout
    finally:
        assert run("ccglm down", environment).returncode == 0


@pytest.mark.skipif(not (ROOT / ".venv/bin/uv").exists(), reason="`make` has not been run here")
def test_make_demo_shows_the_main_job(environment: dict[str, str]) -> None:
    assert "make demo" in COMMANDS
    done = run("make demo", environment)
    assert done.returncode == 0, done.stderr
    assert "all as told: 20 of 20 answered" in done.stdout


@pytest.mark.wheel
def test_uv_tool_install_gives_the_command(environment: dict[str, str], tmp_path: Path) -> None:
    assert "uv tool install ." in COMMANDS
    places = {"UV_TOOL_DIR": tmp_path / "tools", "UV_TOOL_BIN_DIR": tmp_path / "tool-bin"}
    for name, value in {**places, "UV_CACHE_DIR": UV_CACHE}.items():
        environment[name] = str(value)
    done = run("uv tool install --quiet .", environment)
    assert done.returncode == 0, done.stderr
    shown = run(f"{tmp_path / 'tool-bin' / 'ccglm'} --version", environment)
    assert shown.stdout.startswith("ccglm ")
