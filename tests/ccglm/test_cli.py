"""The commands are all there, described, and cheap to list."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm import __version__
from ccglm.cli import COMMANDS, app
from tests.helpers.homes import a_home

SLOW_MODULES = {
    "litellm",
    "pydantic",
    "httpx",
    "rich",
    "yaml",
    "dotenv",
    "openai",
    "starlette",
    "uvicorn",
}


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_help_lists_every_command() -> None:
    code, stdout, _ = run("--help")
    assert code == 0
    listed = stdout.partition("Commands:\n")[2]
    names = [line.split()[0] for line in listed.splitlines() if line[2:3].strip()]
    assert names == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    code, stdout, _ = run(name, "--help")
    assert code == 0
    assert stdout.startswith(f"Usage: root {name} ")
    summary = stdout.split("\n\n")[1]
    assert " ".join(summary.split()) == COMMANDS[name].summary


def test_the_version_is_printed() -> None:
    assert run("--version") == (0, f"ccglm {__version__}\n", "")


def test_no_command_shows_the_help() -> None:
    code, stdout, stderr = run()
    assert code == 2
    assert "Usage:" in stdout + stderr


def test_an_unknown_command_suggests_a_known_one() -> None:
    code, _, stderr = run("stauts")
    assert code == 2
    assert "Did you mean 'status'" in stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_slow(arguments: list[str]) -> None:
    code = "import sys; from ccglm.cli import app; app(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not loaded & SLOW_MODULES
    assert "typer" in loaded


@pytest.mark.parametrize(
    "arguments",
    [["status"], ["down"], ["logs"], ["usage"], ["claude-env", "--print"], ["validate"], ["config", "show"]],
    ids=" ".join,
)  # fmt: skip
def test_commands_that_start_nothing_import_no_litellm(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    a_home(tmp_path)
    code = (
        "import sys; from ccglm.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "ccglm" in loaded
    assert not loaded & {"litellm", "openai", "httpx", "starlette", "uvicorn", "rich", "anthropic"}


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ccglm", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == f"ccglm {__version__}\n"
