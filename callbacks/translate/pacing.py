"""When the events of a stream are written: at once, then at most once per `pace_ms`, with pings in silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from callbacks.translate.faults import ReplyFault
from callbacks.translate.pump import Clock, Pump
from callbacks.translate.reply_stream import ReplyStream

PING = b'event: ping\ndata: {"type":"ping"}\n\n'

# After the last event the connection is read to its end, so that it can be used again; for no longer than this.
_DRAIN_S = 0.1
_NEVER = float("inf")


async def paced(  # noqa: PLR0913  each is one number of the pacing, all with defaults
    source: AsyncIterator[bytes],
    stream: ReplyStream,
    *,
    pace_ms: float = 16.0,
    ping_s: float = 15.0,
    stall_timeout_s: float = 300.0,
    early_pings: bool = False,
    clock: Clock | None = None,
) -> AsyncGenerator[bytes, None]:
    """Translate a provider's bytes with `stream` and yield what to write.

    The first event goes out at once; then at most one write per `pace_ms`, holding all that has arrived. A
    consumer that is slow stops the reading of `source`; closing or cancelling the generator closes it.

    Args:
        source: The provider's bytes as they arrive; closed at the end if it has `aclose`.
        stream: The translator of this answer.
        pace_ms: Shortest time between two writes, in milliseconds.
        ping_s: Silence towards the client after which a `ping` event is written, in seconds.
        stall_timeout_s: Silence of the provider after which the answer counts as lost, in seconds.
        early_pings: Whether pings may be written before the first event of the answer. Without, the first
            thing yielded is always part of the answer, so that a caller can still fall back until then.
        clock: Source of time; the running event loop when None.

    Raises:
        ReplyFault: The answer is faulty, its connection broken or silent, and nothing at all has been yielded.
            After that a fault becomes one Anthropic `error` event.
    """
    clock = clock or asyncio.get_running_loop()
    pump = Pump(source, clock)
    anything_written = False
    quiet_since = wrote_at = clock.time()
    try:
        while True:
            ping_at = wrote_at + ping_s if anything_written or early_pings else _NEVER
            stalls_at = quiet_since + stall_timeout_s
            arrived = await pump.wait(min(ping_at, stalls_at))
            now = clock.time()
            out, fault = _translate(pump, stream, stalled=not arrived and now >= stalls_at)
            if fault is not None:
                stream.fault = fault
                if not (anything_written or out):
                    raise fault
                yield out + fault.event()
                return
            quiet_since = now if arrived else quiet_since
            pinging = not out and now >= ping_at
            if not (out or pinging):
                continue
            pump.pause()
            anything_written = True
            wrote_at = now
            yield out or PING
            if stream.done:
                break
            await pump.rest(wrote_at + pace_ms / 1000 - clock.time())
            if out:
                # The provider was not read meanwhile: a slow consumer is not its silence.
                quiet_since = clock.time()
        if stream.stop_reason != "stop_sequence":
            await pump.drain(clock.time() + _DRAIN_S)
    finally:
        await pump.close()


def _translate(
    pump: Pump, stream: ReplyStream, *, stalled: bool
) -> tuple[bytes, ReplyFault | None]:
    """Return the events of what has arrived, and the fault that ends the answer, if one does."""
    out = stream.feed(pump.take())
    if stream.done or stream.fault or not (stalled or pump.ended):
        return out, stream.fault
    # An answer that has said why it ended is whole, however its connection ends.
    out += stream.finish()
    if stream.done:
        return out, None
    if pump.error is not None:
        return out, _broken(pump.error)
    if stalled and not pump.ended:
        return out, ReplyFault("stalled", "the provider stopped sending", retry=True)
    return out, stream.fault


def _broken(error: Exception) -> ReplyFault:
    if isinstance(error, ReplyFault):
        return error
    fault = ReplyFault("cut", "the connection to the provider broke", retry=True)
    fault.__cause__ = error
    return fault
