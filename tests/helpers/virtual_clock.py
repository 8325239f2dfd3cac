"""Time that stands still until a test moves it, and sources of bytes that a test feeds by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """One thing to be called at a time."""

    due: float
    callback: Callable[[], object] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Do not call it."""
        self.cancelled = True


class VirtualClock:
    """A clock whose time is moved by `advance`; the event loop keeps running in between."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self.now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        """Call back when the virtual time has come."""
        timer = Timer(self.now + delay, callback)
        self.timers.append(timer)
        return timer

    async def advance(self, seconds: float) -> None:
        """Move the time, stopping at each timer so that what it wakes can run."""
        await settle()
        until = self.now + seconds
        while True:
            self.timers = sorted(timer for timer in self.timers if not timer.cancelled)
            if not self.timers or self.timers[0].due > until:
                break
            timer = self.timers.pop(0)
            self.now = max(self.now, timer.due)
            timer.callback()
            await settle()
        self.now = until


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(25):
        await asyncio.sleep(0)


class Upstream:
    """A provider's bytes, sent when the test says so.

    Attributes:
        closed: `aclose` was called.
        taken: How many pieces were read.
    """

    def __init__(self, *pieces: bytes, ends: bool = False) -> None:
        self.closed = False
        self.taken = 0
        self._queue: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        for piece in pieces:
            self._queue.put_nowait(piece)
        if ends:
            self.end()

    def send(self, *pieces: bytes) -> None:
        """Let pieces arrive."""
        for piece in pieces:
            self._queue.put_nowait(piece)

    def end(self) -> None:
        """Close the connection properly."""
        self._queue.put_nowait(None)

    def fail(self, error: Exception) -> None:
        """Break the connection."""
        self._queue.put_nowait(error)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._queue.get()
        if piece is None:
            raise StopAsyncIteration
        if isinstance(piece, Exception):
            raise piece
        self.taken += 1
        return piece

    async def aclose(self) -> None:
        """Close the connection from this side."""
        self.closed = True
