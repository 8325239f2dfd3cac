"""When which events of a stream are written, and how their bytes are cut.

Streams at a given speed share one timer: each wake-up writes everything that is due, so the cost
of a stream is a few writes per tick, not one per token.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from ccglm.simulator.events import Events
    from ccglm.simulator.knobs import Knobs, Split

COALESCED_EVENTS = 7
"""How many events one write carries in the `coalesce` mode; odd, so that pairs are cut too."""


class Ticker:
    """One timer for all paced streams: wakes everybody who waits at every multiple of its period."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    async def next_tick(self, period_s: float) -> None:
        """Wait for the next wake-up; the first to wait sets the timer."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        if not self._waiting:
            now_s = loop.time()
            loop.call_at((now_s // period_s + 1) * period_s, self._wake)
        self._waiting.append(future)
        await future

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


def due_events(due_at_tokens: Sequence[int], elapsed_s: float, tokens_per_s: float) -> int:
    """Return how many events a stream has produced by now, at least one.

    Args:
        due_at_tokens: Per event, how many tokens the stream amounts to with it, ascending.
        elapsed_s: Time since the stream began.
        tokens_per_s: Its speed, greater than zero.
    """
    return max(1, bisect_right(due_at_tokens, int(elapsed_s * tokens_per_s)))


async def scheduled(events: Events, knobs: Knobs, ticker: Ticker) -> AsyncIterator[range]:
    """Yield the positions of the events in the groups in which they fall due."""
    count = len(events)
    if knobs.chunk_delay_ms:
        for position in range(count):
            if position:
                await asyncio.sleep(knobs.chunk_delay_ms / 1000)
            yield range(position, position + 1)
        return
    if not knobs.tokens_per_s:
        yield range(count)
        return
    due_at_tokens = list(accumulate(events.tokens))
    clock = asyncio.get_running_loop().time
    started_s, sent = clock(), 0
    while sent < count:
        due = due_events(due_at_tokens, clock() - started_s, knobs.tokens_per_s)
        if due > sent:
            yield range(sent, due)
            sent = due
        if sent < count:
            await ticker.next_tick(knobs.tick_ms / 1000)


def writes(events: Events, group: range, split: Split, *, paced: bool) -> Iterator[bytes]:
    """Cut a group of events into writes; joined they are the group again.

    Args:
        events: All events.
        group: Positions of those to write.
        split: `whole` never cuts an event: one event a write, or the whole group when paced;
            `coalesce` puts several into a write; `byte` makes every byte a write; `mid_utf8` cuts
            each event inside a multi-byte character, or in its middle when it has none.
        paced: Whether the group is what fell due at once.
    """
    match split:
        case "whole" if paced:
            yield events.joined(group.start, group.stop)
        case "whole":
            yield from map(events.one, group)
        case "coalesce":
            for start in group[::COALESCED_EVENTS]:
                yield events.joined(start, min(start + COALESCED_EVENTS, group.stop))
        case "byte":
            whole = events.joined(group.start, group.stop)
            yield from (whole[i : i + 1] for i in range(len(whole)))
        case "mid_utf8":
            rest = b""
            for event in map(events.one, group):
                cut = _cut_inside_character(event)
                yield rest + event[:cut]
                rest = event[cut:]
            yield rest


def _cut_inside_character(event: bytes) -> int:
    """Return a position between two bytes of one character, else the middle."""
    continuation = (i for i, byte in enumerate(event) if byte & 0xC0 == 0x80)
    return next(continuation, len(event) // 2)
