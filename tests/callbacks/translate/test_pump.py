from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from typing_extensions import override

from callbacks.translate.pump import MAX_WAITING_BYTES, Pump
from tests.helpers.virtual_clock import Upstream, VirtualClock, settle


async def test_it_waits_for_data_or_the_time() -> None:
    clock, upstream = VirtualClock(), Upstream()
    pump = Pump(upstream, clock)
    waiting = asyncio.create_task(pump.wait(clock.time() + 5))
    await clock.advance(4)
    assert not waiting.done()
    await clock.advance(2)
    assert await waiting is False
    waiting = asyncio.create_task(pump.wait(clock.time() + 5))
    upstream.send(b"a", b"b")
    assert await waiting is True
    assert pump.take() == b"ab"
    assert pump.take() == b""
    await pump.close()


async def test_one_timer_serves_many_waits() -> None:
    clock, upstream = VirtualClock(), Upstream()
    pump = Pump(upstream, clock)
    for _ in range(20):
        waiting = asyncio.create_task(pump.wait(clock.time() + 5))
        await settle()
        upstream.send(b"a")
        await waiting
        pump.take()
    assert len(clock.timers) == 1
    sooner = asyncio.create_task(pump.wait(clock.time() + 1))
    await clock.advance(1.5)
    assert await sooner is False
    await pump.close()


async def test_while_paused_at_most_one_piece_is_taken() -> None:
    clock, upstream = VirtualClock(), Upstream(b"a")
    pump = Pump(upstream, clock)
    await pump.wait(clock.time() + 1)
    pump.take()
    pump.pause()
    upstream.send(b"b", b"c", b"d")
    await settle()
    assert upstream.taken == 2
    assert await pump.wait(clock.time() + 1)
    assert pump.take() == b"bcd"
    await pump.close()


async def test_no_more_waits_than_may() -> None:
    piece = b"x" * 50_000
    clock, upstream = VirtualClock(), Upstream(*[piece] * 100)
    pump = Pump(upstream, clock)
    await settle()
    assert upstream.taken * len(piece) <= MAX_WAITING_BYTES + len(piece)
    await pump.close()


async def test_the_end_and_an_error_are_kept() -> None:
    clock, upstream = VirtualClock(), Upstream(ends=True)
    pump = Pump(upstream, clock)
    assert await pump.wait(clock.time() + 1) is True
    assert pump.ended
    assert pump.error is None
    await pump.close()
    broken = Upstream()
    error = ConnectionResetError()
    broken.fail(error)
    pump = Pump(broken, clock)
    await pump.wait(clock.time() + 1)
    assert (pump.ended, pump.error) == (True, error)
    await pump.close()


async def test_closing_stops_a_read_that_hangs_and_swallows_what_closing_breaks() -> None:
    class Stubborn(Upstream):
        @override
        async def aclose(self) -> None:
            await super().aclose()
            raise OSError("already gone")

    upstream = Stubborn()
    pump = Pump(upstream, VirtualClock())
    await settle()
    await pump.close()
    assert upstream.closed


async def test_a_source_without_aclose_is_fine() -> None:
    class Plain:
        def __aiter__(self) -> AsyncIterator[bytes]:
            return self

        async def __anext__(self) -> bytes:
            raise StopAsyncIteration

    pump = Pump(Plain(), VirtualClock())
    await settle()
    assert pump.ended
    await pump.close()


async def test_a_generator_is_closed_inside() -> None:
    ended: list[str] = []

    async def source() -> AsyncGenerator[bytes, None]:
        try:
            yield b"a"
            await asyncio.Event().wait()
        finally:
            ended.append("closed")

    clock = VirtualClock()
    pump = Pump(source(), clock)
    await pump.wait(clock.time() + 1)
    await pump.close()
    assert ended == ["closed"]


async def test_draining_reads_to_the_end_or_the_time() -> None:
    clock, upstream = VirtualClock(), Upstream(b"a", b"b", ends=True)
    pump = Pump(upstream, clock)
    await pump.drain(clock.time() + 1)
    assert pump.ended
    await pump.close()
    endless = Pump(Upstream(b"a"), clock)
    draining = asyncio.create_task(endless.drain(clock.time() + 1))
    await clock.advance(2)
    await draining
    assert not endless.ended
    await endless.close()


async def test_resting_lasts_as_long_as_it_should() -> None:
    clock = VirtualClock()
    pump = Pump(Upstream(), clock)
    await pump.rest(0)
    resting = asyncio.create_task(pump.rest(0.016))
    await clock.advance(0.015)
    assert not resting.done()
    await clock.advance(0.002)
    assert resting.done()
    cancelled = asyncio.create_task(pump.rest(5))
    await settle()
    cancelled.cancel()
    await settle()
    assert all(timer.cancelled for timer in clock.timers)
    await pump.close()
