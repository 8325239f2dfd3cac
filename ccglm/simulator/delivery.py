"""Writes an answer to the client's socket and records how far it came."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from ccglm.simulator.pacing import Ticker, scheduled, writes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ccglm.simulator.answer import Answer, Headers
    from ccglm.simulator.connections import Connection
    from ccglm.simulator.events import Events
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.log import RecordedRequest

    Send = Callable[[dict[str, Any]], Awaitable[None]]


class Delivery:
    """One answer on its way to one client."""

    def __init__(
        self,
        send: Send,
        connection: Connection,
        record: RecordedRequest,
        knobs: Knobs,
        ticker: Ticker,
    ) -> None:
        """Prepare a delivery.

        Args:
            send: ASGI `send` of the request.
            connection: The socket it came in on.
            record: The log record to fill in.
            knobs: Timing and splitting.
            ticker: The timer that all paced streams share.
        """
        self._send = send
        self._connection = connection
        self._record = record
        self._knobs = knobs
        self._ticker = ticker

    async def deliver(self, answer: Answer) -> None:
        """Write the answer; returns when it is complete, broken as told, or the client is gone."""
        try:
            await self._deliver(answer)
        finally:
            self._record.finished_at = time.time()
            if answer.on_done is not None:
                answer.on_done()

    async def _deliver(self, answer: Answer) -> None:
        delay_s = answer.delay_s + self._knobs.first_byte_delay_ms / 1000
        if delay_s and await self._connection.wait_gone(delay_s):
            self._record.closed_early = True
            return
        self._record.first_byte_at = time.time()
        if answer.events is None:
            await self._whole(answer)
        else:
            await self._start(answer.status, answer.headers)
            if await self._events(answer):
                await self._end(answer)

    async def _start(self, status: int, headers: Headers) -> None:
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def _write(self, data: bytes, *, more: bool = True) -> bool:
        """Write bytes; return False when the client is gone."""
        if self._connection.is_gone:
            self._record.closed_early = True
            return False
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
        self._record.bytes_sent += len(data)
        return True

    async def _whole(self, answer: Answer) -> None:
        length = ("content-length", str(len(answer.body)))
        await self._start(answer.status, [*answer.headers, length])
        if answer.end == "complete":
            await self._write(answer.body, more=False)
            return
        await self._write(answer.body[: len(answer.body) // 2])
        await self._end(answer)

    async def _events(self, answer: Answer) -> bool:
        """Write all events; return False when the client went away in between."""
        events = answer.events
        assert events is not None
        async for group in scheduled(events, self._knobs, self._ticker):
            for silence_s, part in events.before_pauses(group):
                if silence_s and await self._connection.wait_gone(silence_s):
                    self._record.closed_early = True
                    return False
                if not await self._group(events, part):
                    return False
        return True

    async def _group(self, events: Events, group: range) -> bool:
        knobs = self._knobs
        for data in writes(events, group, knobs.split, paced=bool(knobs.tokens_per_s)):
            if not await self._write(data):
                return False
            if knobs.split != "whole":
                # Lets the loop hand the bytes to the socket before the next write joins them.
                await asyncio.sleep(0)
        return True

    async def _end(self, answer: Answer) -> None:
        match answer.end:
            case "complete":
                await self._write(b"", more=False)
            case "reset":
                await self._flushed()
                self._connection.reset()
            case "eof":
                self._connection.transport.close()
            case "stall":
                await self._connection.wait_gone(None)
                self._record.closed_early = True

    async def _flushed(self) -> None:
        """Let the client read what was written: a reset throws away what it has not read."""
        while self._connection.transport.get_write_buffer_size():  # noqa: ASYNC110 - no such event
            await asyncio.sleep(0)
        await asyncio.sleep(_BEFORE_RESET_S)


_BEFORE_RESET_S = 0.05
