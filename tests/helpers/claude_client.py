"""The real Claude Code client, installed from npm once and run in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.helpers.npm_packages import install_package

CLIENT_VERSION = "2.1.329"
_PACKAGE = "@anthropic-ai/claude-code"
# A session of a few turns takes 2 s; ten times that on a loaded machine.
RUN_TIMEOUT_S = 60


def install_client() -> Path:
    """Return the client's program, installed if need be; skip, or fail, where that is not possible."""
    place = install_package(
        _PACKAGE, CLIENT_VERSION, "claude-code", found=lambda place: _version_of(_program_in(place))
    )
    return _program_in(place)


def _program_in(place: Path) -> Path:
    return place / "node_modules" / ".bin" / "claude"


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
