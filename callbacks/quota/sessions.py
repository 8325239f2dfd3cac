"""Which key a session was served with, and how much of its prompt that organisation's cache holds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

SEAT_LASTS_S = 3600.0
"""Prompt caches live for at least five minutes and at most an hour (Cerebras docs, 2026)."""

MOST_SEATS = 20_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a session sits at one member.

    Attributes:
        key_label: The key that served it last.
        cached_tokens: Tokens of its newest prompt that the cache held.
        taken_s: When it was served, on the caller's clock.
    """

    key_label: str
    cached_tokens: int
    taken_s: float


class Sessions:
    """The seats of all sessions; the oldest are forgotten."""

    def __init__(self, most: int = MOST_SEATS) -> None:
        """Start empty.

        Args:
            most: How many seats are remembered.
        """
        self._most = most
        self._seats: OrderedDict[tuple[str, str], Seat] = OrderedDict()

    def seat(self, session_id: str, member: str, now_s: float) -> Seat | None:
        """Return where a session sits at a member; None for a new one, one without id or one long gone."""
        seat = self._seats.get((session_id, member)) if session_id else None
        return seat if seat is not None and now_s - seat.taken_s <= SEAT_LASTS_S else None

    def take(
        self, session_id: str, member: str, key_label: str, cached_tokens: int, now_s: float
    ) -> None:
        """Note that a session was served."""
        if not session_id:
            return
        self._seats[session_id, member] = Seat(key_label, cached_tokens, now_s)
        self._seats.move_to_end((session_id, member))
        if len(self._seats) > self._most:
            self._seats.popitem(last=False)
