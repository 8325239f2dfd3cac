"""The real Claude Code client, installed from npm once and run in an environment of its own.

`CCGLM_TEST_CACHE` names the folder it is kept in (default: `.cache` in the checkout). Where it cannot
be installed its tests are skipped with the reason, unless `CCGLM_REQUIRE_CLAUDE_CODE=1`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

CLIENT_VERSION = "2.1.329"
_PACKAGE = "@anthropic-ai/claude-code"
_INSTALL_TIMEOUT_S = 300
# A session of a few turns takes 2 s; ten times that on a loaded machine.
RUN_TIMEOUT_S = 60
ROOT = Path(__file__).resolve().parents[2]


def install_client() -> Path:
    """Return the client's program, installed if need be; skip, or fail, where that is not possible."""
    cache = Path(os.environ.get("CCGLM_TEST_CACHE") or ROOT / ".cache") / "claude-code"
    cache.mkdir(parents=True, exist_ok=True)
    program = cache / "node_modules" / ".bin" / "claude"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _version_of(program) == CLIENT_VERSION:
            return program
        npm = shutil.which("npm")
        if npm is None:
            _unavailable("npm is not installed")
        finished = subprocess.run(
            [npm, "install", "--prefix", str(cache), "--cache", str(cache / "npm"),
             "--no-fund", "--no-audit", "--loglevel=error", f"{_PACKAGE}@{CLIENT_VERSION}"],
            capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False,
        )  # fmt: skip
        if _version_of(program) != CLIENT_VERSION:
            said = " ".join(finished.stderr.replace("npm error", "").split())
            _unavailable(f"npm could not install {_PACKAGE}: {said[:200]}")
    return program


def _version_of(program: Path) -> str:
    if not program.exists():
        return ""
    shown = subprocess.run(
        [program, "--version"],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": "/nowhere"},
    )
    return shown.stdout.partition(" ")[0]


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("CCGLM_REQUIRE_CLAUDE_CODE") == "1":
        pytest.fail(f"Claude Code is required and not there: {reason}")
    pytest.skip(f"Claude Code is not there: {reason}")


@dataclass(frozen=True)
class ClientAnswer:
    """What one run of the client said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """The result of a run with `--output-format json`."""
        assert self.stdout, f"the client said nothing; exit code {self.exit_code}: {self.stderr}"
        return cast("dict[str, Any]", json.loads(self.stdout))

    @property
    def text(self) -> str:
        """The model's last answer; the run must have ended well."""
        document = self.document
        assert not document["is_error"], document
        assert self.exit_code == 0, self.stderr
        return cast("str", document["result"])


@dataclass(frozen=True)
class ClaudeClient:
    """A client with a home and a working folder of its own, and nothing else of this machine."""

    program: Path
    home: Path
    work: Path
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is in its environment beside the home and the path."""
    launcher: Sequence[str] = ()
    """What starts it in place of itself, such as `ccglm code --`."""

    @property
    def environment(self) -> dict[str, str]:
        """All there is in the client's environment."""
        return {
            "HOME": str(self.home),
            "CLAUDE_CONFIG_DIR": str(self.home / ".claude"),
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "IS_SANDBOX": "1",
            **self.variables,
        }

    def ask(self, prompt: str, *options: str) -> ClientAnswer:
        """Run one prompt without a terminal; `options` such as `-c` go to the client."""
        return self.run("-p", prompt, "--output-format", "json", *options)

    def run(self, *arguments: str) -> ClientAnswer:
        """Run the client with arguments of its own."""
        finished = subprocess.run(
            [*(self.launcher or [str(self.program)]), *arguments],
            cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=RUN_TIMEOUT_S, check=False,
        )  # fmt: skip
        return ClientAnswer(finished.returncode, finished.stdout, finished.stderr)
