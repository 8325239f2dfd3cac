"""Reading a provider's bytes in a task of its own, no faster than they are taken away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Protocol

# What may lie here unread; beyond it the provider's connection is not read.
MAX_WAITING_BYTES = 256 * 1024


class Cancellable(Protocol):
    """A timer that can be stopped."""

    def cancel(self) -> object:
        """Stop the timer."""
        ...


class Clock(Protocol):
    """Time and timers; an asyncio event loop is one."""

    def time(self) -> float:
        """Return a monotonic time in seconds."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Cancellable:
        """Call the callback after so many seconds."""
        ...


class Pump:
    """Read from a source while someone waits for data, and at most one piece more.

    A source may hand out each event as a piece of its own although all of them have arrived; reading in a task
    takes them together without waiting for more.

    Attributes:
        ended: The source is at its end, or broke.
        error: What it broke with.
    """

    def __init__(self, source: AsyncIterator[bytes], clock: Clock) -> None:
        self.ended = False
        self.error: Exception | None = None
        self._source = source
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._pieces: list[bytes] = []
        self._waiting_bytes = 0
        self._paused = False
        self._gate: asyncio.Future[None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: Cancellable | None = None
        self._timer_at = float("inf")
        self._task = self._loop.create_task(self._run())

    async def wait(self, until: float) -> bool:
        """Let the source be read until something is there or the time has come.

        Args:
            until: Time of the clock; infinity for no limit. It may return a little earlier with nothing.

        Returns:
            Whether there is data, or the source has ended.
        """
        self._paused = False
        if self._gate is not None:
            self._release(self._gate)
        if self._pieces or self.ended or self._clock.time() >= until:
            # One turn of the loop lets the task take whatever else has arrived.
            await asyncio.sleep(0)
        else:
            self._arm(until)
            self._waiter = self._loop.create_future()
            await self._waiter
        return bool(self._pieces) or self.ended

    def pause(self) -> None:
        """Stop reading until the next `wait`; a piece that is due already is still taken."""
        self._paused = True

    async def rest(self, seconds: float) -> None:
        """Wait for so long, reading nothing."""
        if seconds <= 0:
            return
        rested: asyncio.Future[None] = self._loop.create_future()
        timer = self._clock.call_later(seconds, lambda: self._release(rested))
        try:
            await rested
        finally:
            timer.cancel()

    def take(self) -> bytes:
        """Return what has arrived, and forget it."""
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._waiting_bytes = 0
        return data

    async def drain(self, until: float) -> None:
        """Read the rest of the source to no use, until its end or until the time has come."""
        while not self.ended and self._clock.time() < until:
            await self.wait(until)
            self.take()

    async def close(self) -> None:
        """Stop reading and close the source."""
        if self._timer is not None:
            self._timer.cancel()
        self._task.cancel()
        # The task's own errors were kept; closing a broken connection may fail, and nothing is left to be done.
        await asyncio.gather(self._task, return_exceptions=True)
        if (aclose := getattr(self._source, "aclose", None)) is not None:
            with contextlib.suppress(Exception):
                await aclose()

    async def _run(self) -> None:
        try:
            async for piece in self._source:
                self._pieces.append(piece)
                self._waiting_bytes += len(piece)
                self._wake()
                if self._paused or self._waiting_bytes > MAX_WAITING_BYTES:
                    self._gate = self._loop.create_future()
                    await self._gate
        except Exception as error:  # noqa: BLE001  whatever breaks the source is the consumer's to tell
            self.error = error
        self.ended = True
        self._wake()

    def _arm(self, until: float) -> None:
        """See that the waiter is woken by then; an earlier timer that is still running does, too."""
        if self._timer_at <= until:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = until
        self._timer = self._clock.call_later(until - self._clock.time(), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._timer_at = float("inf")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None:
            self._release(self._waiter)

    @staticmethod
    def _release(future: asyncio.Future[None]) -> None:
        if not future.done():
            future.set_result(None)
