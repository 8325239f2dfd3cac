"""The simulator's control port as methods: knobs, scenarios, scripts, clock and the request log.

Works on any running simulator, whoever started it; `process.py` adds the child process.
"""

from __future__ import annotations

import contextlib
import http.client
import time
from typing import TYPE_CHECKING, Any, cast

import orjson

from ccglm.simulator.log import RecordedRequest, read_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CONTROL_TIMEOUT_S = 30.0
_POLL_S = 0.01


class SimulatorError(Exception):
    """The control port refused an order; the message says why."""


class SimulatorControl:
    """Orders for a running simulator."""

    def __init__(self, control: str) -> None:
        self.control = control
        """Address of the control port, `http://127.0.0.1:PORT`."""

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
