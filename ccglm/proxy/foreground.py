"""A proxy in the foreground: it lives as long as the command that started it."""

from __future__ import annotations

import signal
from enum import Enum
from typing import TYPE_CHECKING, Final

from ccglm.proxy.run_record import was_told_to_stop
from ccglm.proxy.start_failure import exit_error

if TYPE_CHECKING:
    from pathlib import Path

    from ccglm.proxy.signals import StopRequest
    from ccglm.proxy.start import RunningProxy

_POLL_S: Final = 0.2


class Ending(Enum):
    """Why a proxy in the foreground ended."""

    CTRL_C = "ctrl-c"
    ASKED = "asked"
    """A signal to stop, other than Ctrl-C."""
    DOWN = "down"
    """`ccglm down`, from another terminal."""


def stay(running: RunningProxy, record_path: Path, stop: StopRequest) -> Ending:
    """Wait until the proxy ends or somebody asks for it; stopping it is then the caller's.

    Args:
        running: From `start_proxy`.
        record_path: The run record, in which `ccglm down` says that it is at work.
        stop: Set by a signal.

    Raises:
        ProxyUnavailable: The proxy ended by itself; carries its last log lines.
    """
    while not stop.wait(_POLL_S):
        exit_code = running.exit_code()
        if exit_code is None:
            continue
        if was_told_to_stop(record_path, running.record.run_id):
            return Ending.DOWN
        raise exit_error(exit_code, running.log_tail(), while_starting=False)
    return Ending.CTRL_C if stop.signal == signal.SIGINT else Ending.ASKED
