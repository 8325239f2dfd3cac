"""Sessions of the real client through `ccglm`, run as a user runs them: commands, files, processes."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ccglm.proxy.address import address_of
from ccglm.proxy.run_record import read_run_record
from ccglm.simulator.control_client import SimulatorControl
from ccglm.simulator.log import RecordedRequest
from tests.helpers.claude_client import ClaudeClient

COMMAND_TIMEOUT_S = 90


@dataclass(frozen=True)
class Station:
    """A home of ccglm, the simulated providers behind its proxy, and the client's program."""

    folder: Path
    simulator: SimulatorControl
    program: Path

    @property
    def environment(self) -> dict[str, str]:
        """All there is in the environment of ccglm's commands."""
        return {
            "HOME": str(self.folder / "home"),
            "CCGLM_HOME": str(self.folder / "ccglm"),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "IS_SANDBOX": "1",
        }

    def session(self, work: Path, **variables: str) -> ClaudeClient:
        """Return the client started by `ccglm code --isolated` in a working folder."""
        return ClaudeClient(
            program=self.program,
            home=self.folder / "home",
            work=work,
            variables={**self.environment, **variables},
            launcher=[*_CCGLM, "code", "--isolated", "--claude", str(self.program), "--"],
        )

    def rest(self) -> None:
        """End every pause of the proxy's keys, as a wait would."""
        record = read_run_record(self.folder / "ccglm" / "state" / "run.json")
        assert record is not None
        address = address_of(record, self.environment)
        headers = {"authorization": f"Bearer {address.token}"}
        answer = httpx.post(f"{address.base_url}/ccglm/resume", headers=headers, trust_env=False)
        answer.raise_for_status()

    def requests(self) -> list[RecordedRequest]:
        """Return what the providers were asked, refusals included."""
        return [record for record in self.simulator.log() if record.method == "POST"]


_CCGLM = (sys.executable, "-m", "ccglm")


def run_ccglm(environment: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    """Run a command that answers with a JSON document, and return that."""
    finished = subprocess.run(
        [*_CCGLM, *arguments], env=dict(environment), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return json.loads(finished.stdout)


def call(tool: str, **arguments: object) -> dict[str, Any]:
    """Return a scripted tool call."""
    return {"name": tool, "arguments": arguments}


def a_png(width: int, height: int) -> bytes:
    """Return a red picture."""
    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
