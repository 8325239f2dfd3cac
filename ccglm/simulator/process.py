"""The simulator as a child process, with its control port as methods.

Used by the demo, the scripts and the tests. The child ends when it is told to, and also when this
process dies, because it watches its standard input.
"""

from __future__ import annotations

import contextlib
import select
import subprocess
import sys
from typing import IO, TYPE_CHECKING, Any

import orjson

from ccglm.errors import PrerequisiteError
from ccglm.simulator.control_client import SimulatorControl, SimulatorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

__all__ = ["SimulatorError", "SimulatorProcess", "start_simulator"]

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0


class SimulatorProcess(SimulatorControl):
    """A running simulator that we started."""

    def __init__(self, process: subprocess.Popen[bytes], addresses: Mapping[str, str]) -> None:
        super().__init__(addresses["control"])
        self._process = process
        self.api = addresses["api"]
        """Base address of both providers."""
        self.cerebras_base = addresses["cerebras_base"]
        """For CEREBRAS_API_BASE: ends in /v1."""
        self.zai_base = addresses["zai_base"]
        """For ZAI_API_BASE: the root."""

    def __enter__(self) -> Self:
        """Use the simulator for the length of a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def stop(self) -> None:
        """End the child and wait for it; open streams are cut. Stopping twice is fine."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def start_simulator(
    *, api_port: int = 0, control_port: int = 0, models: str = "public_2026_11", **knobs: Any
) -> SimulatorProcess:
    """Start a simulator and return it once it accepts connections.

    Args:
        api_port: Port of both providers; 0 is any free one.
        control_port: Port of the control API; 0 is any free one.
        models: Cerebras' models: public_2026_11, legacy_glm (with zai-glm-4.7) or dedicated.
        knobs: Further knobs to start with; a reset comes back to them.

    Raises:
        PrerequisiteError: It ended or did not become ready; its own words are in the message.
    """
    command = [
        sys.executable,
        "-m",
        "ccglm.simulator",
        f"--port={api_port}",
        f"--control-port={control_port}",
        f"--models={models}",
        *(f"--knob={name}={orjson.dumps(value).decode()}" for name, value in knobs.items()),
        "--json",
        "--until-stdin-closes",
    ]
    process = subprocess.Popen(  # noqa: S603 - our own module, arguments built above
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    line = _first_line(process.stdout, START_TIMEOUT_S)
    if not line:
        process.kill()
        _, said = process.communicate()
        raise PrerequisiteError(f"the simulator did not start: {said.decode().strip()}")
    process.stderr.close()
    return SimulatorProcess(process, orjson.loads(line))


def _first_line(stream: IO[bytes], timeout_s: float) -> bytes:
    """Return the first line of a pipe; empty when it closes or the time is up first."""
    ready, _, _ = select.select([stream], [], [], timeout_s)
    return stream.readline() if ready else b""
