"""Run a command on a terminal of its own, as a person would: type when asked, see what is shown."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

READ_TIMEOUT_S = 30.0


class Terminal:
    """`ccglm` on a pseudo terminal."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
        self._master, terminal = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ccglm", *arguments],
            stdin=terminal, stdout=terminal, stderr=terminal, cwd=cwd, start_new_session=True,
            env={**os.environ, "TERM": "xterm", **environment},
        )  # fmt: skip
        os.close(terminal)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read until the text was shown."""
        deadline = time.monotonic() + READ_TIMEOUT_S
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} was not shown: {self.shown!r}"
            assert self._read(), f"{text!r} was not shown: {self.shown!r}"

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._master, text.encode() + b"\n")

    def press_ctrl_c(self) -> None:
        """Send the interrupt character's signal, as the terminal does to what runs in front."""
        os.killpg(self.process.pid, 2)

    def finish(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        os.close(self._master)
        return self.process.wait(READ_TIMEOUT_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], READ_TIMEOUT_S)
        assert ready, f"nothing came: {self.shown!r}"
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # Linux reports EIO when the other side is closed
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)
