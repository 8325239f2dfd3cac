"""Start the proxy process and wait until exactly that process is ready and warm.

Whatever goes wrong on the way, a signal to stop included, nothing is left running.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ccglm.errors import ProxyUnavailable
from ccglm.proxy.log_files import last_lines, open_for_append, size_of
from ccglm.proxy.processes import stop_group
from ccglm.proxy.readiness import ask_ready
from ccglm.proxy.run_record import (
    RunRecord,
    remove_run_record,
    was_told_to_stop,
    write_run_record,
)
from ccglm.proxy.start_failure import SHOWN_LOG_LINES, exit_error, timeout_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ccglm.proxy.signals import StopRequest

RUN_ID_VARIABLE: Final = "CCGLM_RUN_ID"
"""What the proxy gives back in its answer to `GET /ccglm/ready`."""
START_TIMEOUT_S: Final = 180.0
"""LiteLLM imports in 3 s from compiled bytecode and in more than 20 s without; slow disks take longer."""
STOP_GRACE_S: Final = 10.0
"""Open streams may end by themselves this long."""
_POLL_S: Final = 0.05
_SLOW_AFTER_S: Final = 15.0


@dataclass(frozen=True)
class Launch:
    """What is started, and where it leaves its traces."""

    record: RunRecord
    """Complete but for the process id."""
    environment: Mapping[str, str]
    config: Path
    """The generated LiteLLM config."""
    log: Path
    record_path: Path
    workers: int = 1
    command: Sequence[str] = (sys.executable, "-P", "-m", "callbacks.serve")
    """The program; `-P` keeps the working folder from being searched for modules."""
    timeout_s: float = START_TIMEOUT_S


class RunningProxy:
    """A proxy process that we are the parent of."""

    def __init__(self, child: subprocess.Popen[bytes], launch: Launch, log_start: int) -> None:
        self._child = child
        self._launch = launch
        self._log_start = log_start
        self.record = replace(launch.record, pid=child.pid)

    def exit_code(self) -> int | None:
        """Return how the process ended (negative for a signal), or None while it runs."""
        return self._child.poll()

    def log_tail(self) -> list[str]:
        """Return the last lines that this run logged."""
        # After a rotation the file is shorter than it was at the start, and all of it is this run's.
        start = self._log_start if size_of(self._launch.log) >= self._log_start else 0
        return last_lines(self._launch.log, SHOWN_LOG_LINES, start=start)

    def stop(self) -> None:
        """Stop the process and everything it started, and remove the record. Harmless when repeated."""
        stop_group(self._child.pid, grace_s=STOP_GRACE_S, collect=self._child.poll)
        self._child.wait(timeout=STOP_GRACE_S)
        remove_run_record(self._launch.record_path, self.record.run_id)


def new_run_id() -> str:
    """Return a random id that nobody can guess."""
    return secrets.token_hex(16)


def start_proxy(
    launch: Launch, *, stop: StopRequest, tell: Callable[[str], None] = lambda _: None
) -> RunningProxy:
    """Start the proxy; return when it is ready and warm.

    Args:
        launch: What to start.
        stop: Looked at while waiting; when set, the child is stopped.
        tell: Is told what is going on.

    Raises:
        ProxyUnavailable: It ended, or did not become ready in time; carries its last log lines.
        PrerequisiteError: The log or the run record cannot be written.
        KeyboardInterrupt: `stop` was set.
    """
    tell("starting LiteLLM")
    log_start = size_of(launch.log)
    running = RunningProxy(_spawn(launch), launch, log_start)
    try:
        write_run_record(launch.record_path, running.record)
        _wait_until_ready(running, launch, stop, tell)
    except BaseException:
        running.stop()
        raise
    return running


def _spawn(launch: Launch) -> subprocess.Popen[bytes]:
    record = launch.record
    arguments = ["--config", str(launch.config), "--host", record.host, "--port", str(record.port)]
    if launch.workers > 1:
        arguments += ["--workers", str(launch.workers)]
    log = open_for_append(launch.log)
    with open(log, "ab", closefd=True) as output:  # noqa: PTH123 - a descriptor, not a path
        return subprocess.Popen(  # noqa: S603 - our own program; nothing of it comes from outside
            [*launch.command, *arguments],
            env={**launch.environment, RUN_ID_VARIABLE: record.run_id},
            cwd=launch.config.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # A session of its own: Ctrl-C in our terminal reaches us alone, and its group is all there
            # is to stop.
            start_new_session=True,
        )


def _wait_until_ready(
    running: RunningProxy, launch: Launch, stop: StopRequest, tell: Callable[[str], None]
) -> None:
    began = time.monotonic()
    was_ready = False
    while True:
        if stop.wait(_POLL_S):
            raise KeyboardInterrupt
        exit_code = running.exit_code()
        if exit_code is not None and was_told_to_stop(launch.record_path, launch.record.run_id):
            raise ProxyUnavailable("`ccglm down` stopped the proxy while it was starting")
        if exit_code is not None:
            raise exit_error(exit_code, running.log_tail(), while_starting=True)
        readiness = ask_ready(launch.record.host, launch.record.port)
        if readiness is not None and readiness.run_id == launch.record.run_id:
            if readiness.ready and readiness.warm:
                return
            was_ready = was_ready or readiness.ready
        waited_s = time.monotonic() - began
        if waited_s > launch.timeout_s:
            raise timeout_error(launch.timeout_s, running.log_tail())
        tell(_progress(waited_s, was_ready=was_ready))


def _progress(waited_s: float, *, was_ready: bool) -> str:
    if was_ready:
        return "warming up, so that the first request is as fast as the next"
    if waited_s > _SLOW_AFTER_S:
        return "still starting LiteLLM; the first start after an installation takes longer"
    return "starting LiteLLM"
