"""The simulator as a child process, with its control port as methods.

Used by the demo, the scripts and the tests. The child ends when it is told to, and also when this
process dies, because it watches its standard input.
"""

from __future__ import annotations

import contextlib
import http.client
import select
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, Any, cast

import orjson

from ccglm.errors import PrerequisiteError
from ccglm.simulator.log import RecordedRequest, read_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Self

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0
CONTROL_TIMEOUT_S = 30.0


class SimulatorError(Exception):
    """The control port refused an order; the message says why."""


class SimulatorProcess:
    """A running simulator."""

    def __init__(self, process: subprocess.Popen[bytes], addresses: Mapping[str, str]) -> None:
        self._process = process
        self.api = addresses["api"]
        """Base address of both providers."""
        self.control = addresses["control"]
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

    def reset(self) -> None:
        """Forget script, scenarios, log, buckets and caches; turn the knobs back as started."""
        self._ask("POST", "reset", {})

    def knobs(self, **changes: Any) -> dict[str, Any]:
        """Turn knobs and return all of them.

        Args:
            changes: Fields of `ccglm.simulator.knobs.Knobs`; guesses as
                `guess={"system_array": "accept"}` or `**{"guess.system_array": "accept"}`.

        Raises:
            SimulatorError: A knob or value is not known.
        """
        return self._ask("POST" if changes else "GET", "knobs", changes)

    def scenario(self, name: str, **order: Any) -> None:
        """Switch a scenario on.

        Args:
            name: Such as CB-04.
            order: `times`, `after`, `seconds`, `params`, `match`; see
                `ccglm.simulator.scenarios.ScenarioOrder`.

        Raises:
            SimulatorError: The scenario or a parameter is not known.
        """
        self._ask("POST", "scenario", {"name": name, **order})

    def script(self, replies: Iterable[Mapping[str, Any]]) -> None:
        """Queue replies; see `ccglm.simulator.script.ScriptedReply` for their keys.

        Raises:
            SimulatorError: A key or value is not known.
        """
        self._ask("POST", "script", {"replies": [dict(reply) for reply in replies]})

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock forward: buckets refill, quotas end, caches expire."""
        self._ask("POST", "clock", {"advance_s": seconds})

    def log(
        self,
        *,
        since: int = 0,
        bodies: bool = True,
        provider: str | None = None,
        path_ends: str | None = None,
    ) -> list[RecordedRequest]:
        """Return the recorded requests, oldest first.

        Args:
            since: Only those with a greater number.
            bodies: Whether to fetch request bodies.
            provider: Only `cerebras` or `zai`.
            path_ends: Only paths with this ending, such as `/chat/completions`.
        """
        records = read_log(self._raw("GET", f"log?since={since}&bodies={int(bodies)}", None))
        return [
            record
            for record in records
            if provider in (None, record.provider)
            and (path_ends is None or record.path.endswith(path_ends))
        ]

    def wait_for(
        self, condition: Callable[[list[RecordedRequest]], bool], *, timeout_s: float = 5.0
    ) -> list[RecordedRequest]:
        """Return the log as soon as it meets a condition.

        Raises:
            TimeoutError: It did not in time; the message carries the log.
        """
        until = time.monotonic() + timeout_s
        while True:
            records = self.log()
            if condition(records):
                return records
            if time.monotonic() > until:
                raise TimeoutError(f"the log never met the condition: {records}")
            time.sleep(_POLL_S)

    def _ask(self, method: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raw = self._raw(method, name, orjson.dumps(body) if method == "POST" else None)
        return cast("dict[str, Any]", orjson.loads(raw))

    def _raw(self, method: str, name: str, body: bytes | None) -> bytes:
        host = self.control.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=CONTROL_TIMEOUT_S)
        with contextlib.closing(connection):
            connection.request(method, f"/__ctl/{name}", body)
            response = connection.getresponse()
            data = response.read()
        if response.status != http.client.OK:
            raise SimulatorError(data.decode("utf-8", "replace"))
        return data


_POLL_S = 0.01


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
