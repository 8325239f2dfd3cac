"""Ends a pause by asking the key once, in the background and cheaply, before anybody's request goes there again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from callbacks.dialects.causes import Fault
from callbacks.guard import unexpected
from callbacks.quota.key_state import KeyState
from callbacks.quota.quota_book import QuotaBook

Ask = Callable[[KeyState], Awaitable[Fault | None]]
"""Sends one small request with a key and returns why it failed, None when it was answered."""

_LOG = logging.getLogger("ccglm")


class Prober:
    """Asks keys whose pause is over."""

    def __init__(self, book: QuotaBook, ask: Ask) -> None:
        """Listen to the book's pauses.

        Args:
            book: Keeps the keys.
            ask: Sends one small request.
        """
        self._book = book
        self._ask = ask
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._running: set[asyncio.Task[None]] = set()
        book.on_pause = self.later

    def later(self, state: KeyState, length_s: float) -> None:
        """Ask the key when its pause is over, if a request would have gone there meanwhile."""
        old = self._timers.pop(state.deployment_id, None)
        if old is not None:
            old.cancel()
        loop = asyncio.get_running_loop()
        self._timers[state.deployment_id] = loop.call_later(length_s, self._over, state)

    def _over(self, state: KeyState) -> None:
        self._timers.pop(state.deployment_id, None)
        self._book.keys_of(state.member)  # notices that the pause is over
        if state.due and state.wanted:
            self.now(state)
        self._book.changed()

    def now(self, state: KeyState) -> None:
        """Ask the key at once, unless that is under way."""
        if state.probing or not state.due:
            return
        state.probing = True
        task = asyncio.get_running_loop().create_task(self._probe(state))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _probe(self, state: KeyState) -> None:
        book = self._book
        started_s = book.now_s()
        fault_before = state.fault
        try:
            fault = await self._ask(state)
        except Exception as error:  # noqa: BLE001  the next request will tell
            unexpected(error, "probing a key")
            fault = None
        finally:
            state.probing = False
        if state.fault is not fault_before:
            return  # somebody else learned more meanwhile
        if fault is None:
            book.recovered(state)
            return
        book.failed(state, fault, started_s)
        state.wanted = False
        if state.due:  # the fault was about the probe itself
            book.recovered(state)
        book.changed()

    def close(self) -> None:
        """Ask nobody any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for task in self._running:
            task.cancel()
