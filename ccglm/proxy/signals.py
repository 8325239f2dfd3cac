"""Requests to stop, kept as a flag instead of an exception.

While a child process is being started, an exception at an arbitrary line could lose track of it. So the
signals only set a flag, and every loop that waits looks at it.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

_STOPPING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class StopRequest:
    """Whether somebody asked this process to stop, and how."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self._event = threading.Event()

    def note(self, number: int, _frame: FrameType | None = None) -> None:
        """Remember the first signal; the signature is that of a signal handler."""
        self.signal = self.signal or signal.Signals(number)
        self._event.set()

    def wait(self, limit_s: float) -> bool:
        """Wait until somebody asks, at most `limit_s` seconds; return whether somebody did."""
        return self._event.wait(limit_s)


@contextlib.contextmanager
def stop_request() -> Generator[StopRequest]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into a flag inside the block.

    A signal that is ignored stays ignored, so that `nohup` works. Outside the main thread nothing
    changes: Python allows handlers only there.
    """
    request = StopRequest()
    previous: dict[int, object] = {}
    if threading.current_thread() is threading.main_thread():
        for number in _STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                previous[number] = signal.signal(number, request.note)
    try:
        yield request
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)  # pyright: ignore[reportArgumentType]
