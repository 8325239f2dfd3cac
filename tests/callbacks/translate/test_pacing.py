from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.translate.faults import ReplyFault
from callbacks.translate.pacing import PING, paced
from callbacks.translate.stream import ChatStream
from tests.helpers.anthropic_events import read_reply
from tests.helpers.chat_sse import DONE, USAGE, chunk, context, cuts, recorded
from tests.helpers.virtual_clock import Upstream, VirtualClock, settle

END = chunk("stop", USAGE) + DONE


class Client:
    """Takes what is written and notes when."""

    def __init__(self, upstream: AsyncIterator[bytes], **options: Any) -> None:
        self.clock = VirtualClock()
        self.stream = options.pop("stream", None) or ChatStream(context())
        self.writes: list[tuple[float, bytes]] = []
        self.error: BaseException | None = None
        self._start = self.clock.now
        self._events = paced(upstream, self.stream, clock=self.clock, **options)
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for data in self._events:
                self.writes.append((round(self.clock.now - self._start, 4), data))
        except ReplyFault as fault:
            self.error = fault

    @property
    def times(self) -> list[float]:
        return [time for time, _ in self.writes]

    @property
    def raw(self) -> bytes:
        return b"".join(data for _, data in self.writes)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_the_first_event_goes_out_at_once_and_the_rest_at_the_pace() -> None:
    upstream = Upstream()
    client = Client(upstream, pace_ms=16)
    await client.clock.advance(0.2)
    for n in range(20):
        upstream.send(chunk(content=f"{n} "))
        await client.clock.advance(0.005)
    upstream.send(END)
    await client.clock.advance(1)
    reply = read_reply(client.raw)
    assert reply.texts() == ["".join(f"{n} " for n in range(20))]
    assert client.times[0] == 0.2
    gaps = [b - a for a, b in zip(client.times, client.times[1:], strict=False)]
    assert all(gap >= 0.0159 for gap in gaps)
    assert len(client.writes) <= 8
    assert upstream.closed


async def test_pieces_that_are_there_together_are_one_write() -> None:
    """A source may yield each event by itself without ever waiting."""

    async def eager() -> AsyncGenerator[bytes, None]:
        for n in range(500):
            yield chunk(content=f"{n} ")
        yield END

    client = Client(eager())
    await client.clock.advance(1)
    assert len(client.writes) == 1
    assert read_reply(client.raw).texts() == ["".join(f"{n} " for n in range(500))]


async def test_nothing_is_lost_when_more_is_there_than_may_wait() -> None:
    big = "x" * 100_000

    async def eager() -> AsyncGenerator[bytes, None]:
        for _ in range(20):
            yield chunk(content=big)
        yield END

    client = Client(eager())
    await client.clock.advance(1)
    assert len(client.writes) > 1
    assert read_reply(client.raw).texts() == [big * 20]


async def test_a_slow_consumer_stops_the_reading() -> None:
    upstream = Upstream(*[chunk(content="x")])
    stream = ChatStream(context())
    clock = VirtualClock()
    events = paced(upstream, stream, clock=clock)
    await anext(events)
    for _ in range(50):
        upstream.send(chunk(content="y"))
        await clock.advance(1)
    assert upstream.taken <= 2
    await events.aclose()
    assert upstream.closed


async def test_a_slow_consumer_is_not_the_provider_s_silence() -> None:
    upstream = Upstream(chunk(content="x"))
    clock = VirtualClock()
    events = paced(upstream, ChatStream(context()), clock=clock, stall_timeout_s=60)
    first = await anext(events)
    await clock.advance(600)
    upstream.send(END)
    upstream.end()
    rest = b"".join([data async for data in events])
    assert read_reply(first + rest).texts() == ["x"]


async def test_silence_is_filled_with_pings_once_the_answer_has_begun() -> None:
    upstream = Upstream()
    client = Client(upstream, ping_s=15)
    await client.clock.advance(40)
    assert client.writes == []
    upstream.send(chunk(content="a"))
    await client.clock.advance(50)
    upstream.send(b": keep-alive\n\n")
    await client.clock.advance(1)
    upstream.send(END)
    await client.clock.advance(1)
    assert client.times == [40, 55, 70, 85, 91]
    assert read_reply(client.raw).pings == 3


async def test_early_pings_come_before_the_first_event_when_asked_for() -> None:
    upstream = Upstream()
    client = Client(upstream, ping_s=15, early_pings=True)
    await client.clock.advance(31)
    assert [data for _, data in client.writes] == [PING, PING]
    upstream.send(chunk(content="a") + END)
    await client.clock.advance(1)
    assert read_reply(client.raw).texts() == ["a"]


async def test_a_ping_is_no_proof_of_life_of_the_provider() -> None:
    upstream = Upstream(chunk(content="a"))
    client = Client(upstream, ping_s=15, stall_timeout_s=50)
    await client.clock.advance(100)
    reply = read_reply(client.raw, must_end=False)
    assert reply.pings == 3
    assert reply.error == {"type": "api_error", "message": "the provider stopped sending"}
    assert client.times[-1] == pytest.approx(50, abs=0.1)
    assert client.stream.fault is not None
    assert client.stream.fault.kind == "stalled"
    assert upstream.closed


async def test_silence_before_the_first_event_raises() -> None:
    upstream = Upstream()
    client = Client(upstream, stall_timeout_s=50)
    await client.clock.advance(60)
    assert isinstance(client.error, ReplyFault)
    assert client.error.kind == "stalled"
    assert client.writes == []
    assert upstream.closed


async def test_a_fault_before_the_first_event_raises() -> None:
    upstream = Upstream(chunk(role="assistant"), chunk(content="a") + b"data: {oops\n\n")
    client = Client(upstream)
    await client.clock.advance(1)
    assert isinstance(client.error, ReplyFault)
    assert client.error.kind == "garbled"
    assert client.writes == []


async def test_a_fault_after_the_first_event_is_an_error_event() -> None:
    upstream = Upstream(chunk(content="a"))
    client = Client(upstream)
    await client.clock.advance(1)
    upstream.send(chunk(content="b") + b"data: {oops\n\n" + END)
    await client.clock.advance(1)
    reply = read_reply(client.raw, must_end=False)
    assert reply.texts() == ["ab"]
    assert reply.error is not None
    assert len(client.writes) == 2
    assert client.error is None


async def test_after_an_early_ping_a_fault_is_an_error_event() -> None:
    upstream = Upstream()
    client = Client(upstream, early_pings=True)
    await client.clock.advance(20)
    upstream.end()
    await client.clock.advance(1)
    assert read_reply(client.raw, must_end=False).error is not None


@pytest.mark.parametrize("begun", [False, True])
async def test_a_broken_connection_is_a_fault_that_keeps_its_cause(begun: bool) -> None:
    upstream = Upstream(*([chunk(content="a")] if begun else []))
    client = Client(upstream)
    await client.clock.advance(1)
    upstream.fail(ConnectionResetError("gone"))
    await client.clock.advance(1)
    fault = client.stream.fault
    assert fault is not None
    assert fault.kind == "cut"
    assert isinstance(fault.__cause__, ConnectionResetError)
    assert (client.error is fault) is not begun


@pytest.mark.parametrize("silent", [False, True])
async def test_an_answer_that_said_why_it_ended_is_whole_however_its_connection_ends(
    silent: bool,
) -> None:
    upstream = Upstream(chunk(content="a"), chunk("stop"))
    if not silent:
        upstream.fail(ConnectionResetError("gone"))
    client = Client(upstream, stall_timeout_s=50)
    await client.clock.advance(60)
    assert read_reply(client.raw).stop_reason == "end_turn"
    assert client.stream.fault is None


async def test_what_arrived_before_the_break_is_written() -> None:
    upstream = Upstream(chunk(content="a"))
    upstream.fail(ConnectionResetError("gone"))
    client = Client(upstream)
    await client.clock.advance(1)
    assert read_reply(client.raw, must_end=False).texts() == ["a"]


async def test_a_fault_of_the_source_itself_is_passed_on() -> None:
    upstream = Upstream()
    fault = ReplyFault("network", "theirs", retry=False)
    upstream.fail(fault)
    client = Client(upstream)
    await client.clock.advance(1)
    assert client.error is fault


async def test_an_end_without_an_answer_is_a_fault() -> None:
    client = Client(Upstream(chunk(content="a"), ends=True))
    await client.clock.advance(1)
    assert client.stream.fault is not None
    assert client.stream.fault.kind == "cut"


async def test_cancelling_closes_the_source_at_once() -> None:
    upstream = Upstream(chunk(content="a"))
    client = Client(upstream)
    await settle()
    await client.stop()
    assert upstream.closed


async def test_closing_the_events_closes_the_source_at_once() -> None:
    upstream = Upstream(chunk(content="a"))
    events = paced(upstream, ChatStream(context()), clock=VirtualClock())
    await anext(events)
    await events.aclose()
    assert upstream.closed


async def test_the_connection_is_read_to_its_end_after_the_answer() -> None:
    upstream = Upstream(chunk(content="a"), chunk("stop", USAGE))
    client = Client(upstream)
    await settle()
    assert not client.task.done()
    upstream.send(DONE)
    upstream.end()
    await settle()
    assert client.task.done()
    assert upstream.taken == 3


async def test_a_connection_that_stays_open_after_the_answer_is_closed() -> None:
    upstream = Upstream(chunk(content="a") + END)
    client = Client(upstream)
    await client.clock.advance(0.2)
    assert client.task.done()
    assert upstream.closed


async def test_a_stop_sequence_of_ours_ends_the_provider_s_work_at_once() -> None:
    upstream = Upstream(chunk(content="a STOP b"))
    client = Client(upstream, stream=ChatStream(context(stop_sequences=("STOP",))))
    await settle()
    assert client.task.done()
    assert upstream.closed
    assert read_reply(client.raw).stop_sequence == "STOP"


@settings(max_examples=40, deadline=None)
@given(
    cuts(recorded("cerebras_thinking_tool")), st.lists(st.integers(0, 40), min_size=14, max_size=14)
)
def test_no_timing_changes_the_answer(pieces: list[bytes], waits_ms: list[int]) -> None:
    async def play() -> Client:
        upstream = Upstream()
        client = Client(upstream)
        for piece, wait in zip(pieces, waits_ms, strict=False):
            upstream.send(piece)
            await client.clock.advance(wait / 1000)
        upstream.end()
        await client.clock.advance(1)
        return client

    client = asyncio.run(play())
    whole = ChatStream(context())
    expected = read_reply(whole.feed(recorded("cerebras_thinking_tool")))
    assert read_reply(client.raw).blocks == expected.blocks


async def test_the_running_loop_is_the_clock_by_default() -> None:
    upstream = Upstream(chunk(content="a"), END, ends=True)
    raw = b"".join([data async for data in paced(upstream, ChatStream(context()), pace_ms=0)])
    assert read_reply(raw).texts() == ["a"]
