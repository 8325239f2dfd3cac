"""A reply's stream, rendered once, in a form that can be cut, damaged and written cheaply.

An event is a frame (what stands before and after) around a payload. The words of a reply share one
frame, so that any stretch of them is a single `bytes.join` at the moment it is written: a hundred
long streams that start at once do not wait for each other's rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, repeat
from typing import TYPE_CHECKING, Literal, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EventKind = Literal["start", "thinking", "text", "tool", "finish", "done", "fault"]

json_text: Callable[[str], bytes] = lru_cache(maxsize=65_536)(orjson.dumps)
"""A word as JSON; remembered, because the words of simulated replies repeat."""


class Frame(NamedTuple):
    """The bytes around a payload."""

    head: bytes = b""
    tail: bytes = b""


_BARE = Frame()


@dataclass(slots=True)
class Events:
    """Events in order: payload, frame, kind and size in tokens of each."""

    kinds: list[EventKind] = field(default_factory=list[EventKind])
    tokens: list[int] = field(default_factory=list[int])
    pauses_s: dict[int, float] = field(default_factory=dict[int, float])
    """Silence before an event, by its position."""
    _payloads: list[bytes] = field(default_factory=list[bytes])
    _frames: list[Frame] = field(default_factory=list[Frame])

    def __len__(self) -> int:
        return len(self.kinds)

    def add(self, kind: EventKind, data: bytes, tokens: int = 0) -> None:
        """Append one event, given in full."""
        self.kinds.append(kind)
        self.tokens.append(tokens)
        self._payloads.append(data)
        self._frames.append(_BARE)

    def add_words(self, kind: EventKind, frame: Frame, words: Sequence[str]) -> None:
        """Append one event per word: the word as JSON in the frame; each is one token."""
        self.kinds.extend(repeat(kind, len(words)))
        self.tokens.extend(repeat(1, len(words)))
        self._payloads.extend(map(json_text, words))
        self._frames.extend(repeat(frame, len(words)))

    def cut(self, count: int) -> None:
        """Keep the first `count` events."""
        for part in (self.kinds, self.tokens, self._payloads, self._frames):
            del part[count:]

    def before_pauses(self, group: range) -> list[tuple[float, range]]:
        """Cut a group at its pauses: parts, each with the silence before it."""
        starts = sorted({group.start, *(i for i in self.pauses_s if i in group)})
        ends = [*starts[1:], group.stop]
        return [
            (self.pauses_s.get(start, 0.0), range(start, end))
            for start, end in zip(starts, ends, strict=True)
        ]

    def replace(self, position: int, data: bytes) -> None:
        """Put other bytes in the place of one event."""
        self._payloads[position] = data
        self._frames[position] = _BARE

    def one(self, position: int) -> bytes:
        """Return the bytes of one event."""
        head, tail = self._frames[position]
        return head + self._payloads[position] + tail

    def joined(self, start: int, stop: int) -> bytes:
        """Return the bytes of a range of events."""
        if stop - start == 1:
            return self.one(start)
        frames = self._frames[start:stop]
        parts: list[bytes] = []
        for frame, run in groupby(frames):
            end = start + len(list(run))
            parts += (
                frame.head,
                (frame.tail + frame.head).join(self._payloads[start:end]),
                frame.tail,
            )
            start = end
        return b"".join(parts)
