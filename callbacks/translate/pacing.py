"""When the events of a stream are written: at once, then at most once per `pace_ms`, with pings in silence."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Protocol

from callbacks.translate.reply_stream import ReplyStream

PING = b'event: ping\ndata: {"type":"ping"}\n\n'


class Cancellable(Protocol):
    """A timer that can be stopped."""

    def cancel(self) -> None:
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


def paced(  # noqa: PLR0913  each is one number of the pacing, all with defaults
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
        ReplyFault: The answer is faulty and nothing at all has been yielded. After that a fault becomes one
            Anthropic `error` event.
    """
    raise NotImplementedError
