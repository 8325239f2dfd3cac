"""Ways a stream goes wrong: functions that change rendered events and say how the stream ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.simulator.cerebras_errors import error_chunk
from ccglm.simulator.zai_errors import error_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.simulator.answer import StreamEnd
    from ccglm.simulator.effects import Moment
    from ccglm.simulator.events import Events

    Damage = Callable[[Events, Moment], StreamEnd]

WHERE = ("start", "thinking", "text", "tool", "finish")
"""Places at which a stream can be cut: before any content, in the middle of a kind, before the end."""


def cut_position(events: Events, where: str) -> int:
    """Return how many events come before a place.

    Args:
        events: The rendered stream.
        where: One of `WHERE`: `start` is before the first thinking, text or tool event; `thinking`,
            `text` and `tool` are after the first half of the events of that kind (of the first kind
            there is, when the stream has none of it); `finish` is before the finishing event.

    Raises:
        ValueError: The place is not known.
    """
    if where not in WHERE:
        raise ValueError(f"no such place {where!r}; there are {', '.join(WHERE)}")
    content = [i for i, kind in enumerate(events.kinds) if kind in ("thinking", "text", "tool")]
    if where == "start":
        return content[0] if content else len(events.kinds) - 2
    if where == "finish":
        return events.kinds.index("finish") if "finish" in events.kinds else len(events.kinds)
    of_kind = [i for i in content if events.kinds[i] == where] or content
    return of_kind[(len(of_kind) - 1) // 2] + 1 if of_kind else 0


def end_at(where: str, end: StreamEnd) -> Damage:
    """Cut the stream at a place and end it without its finishing events."""

    def damage(events: Events, _moment: Moment) -> StreamEnd:
        events.cut(cut_position(events, where))
        return end

    return damage


def error_at(where: str) -> Damage:
    """Cut the stream at a place and send the provider's error event instead of the rest."""

    def damage(events: Events, moment: Moment) -> StreamEnd:
        events.cut(cut_position(events, where))
        cerebras = moment.request.provider == "cerebras"
        events.add("fault", error_chunk() if cerebras else error_event(moment.request, moment.now))
        if cerebras and moment.knobs.guess.error_chunk_end == "done":
            events.add("done", b"data: [DONE]\n\n")
            return "complete"
        return "eof"

    return damage


def pause_at(where: str, silence_s: float) -> Damage:
    """Fall silent at a place for a while, then carry on."""

    def damage(events: Events, _moment: Moment) -> StreamEnd:
        events.pauses_s[cut_position(events, where)] = silence_s
        return "complete"

    return damage


def truncated_line(events: Events, _moment: Moment) -> StreamEnd:
    """Send half of one event's JSON, then carry on as if nothing had happened."""
    position = max(0, cut_position(events, "text") - 1)
    data = events.one(position).rstrip(b"\n")
    events.replace(position, data[: len(data) * 2 // 3] + b"\n\n")
    return "complete"


def only_done(events: Events, _moment: Moment) -> StreamEnd:
    """Send nothing but the end mark."""
    kept = [events.one(i) for i, kind in enumerate(events.kinds) if kind == "done"]
    events.cut(0)
    for data in kept:
        events.add("done", data)
    return "complete"
