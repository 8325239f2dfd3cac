"""A session keeps its seat while caches may hold its prompt."""

from __future__ import annotations

from callbacks.quota.sessions import SEAT_LASTS_S, Seat, Sessions


def test_a_session_sits_where_it_was_served() -> None:
    sessions = Sessions()
    sessions.take("s", "cerebras/a", "K2", 900, 10)
    assert sessions.seat("s", "cerebras/a", 20) == Seat("K2", 900, 10)
    assert sessions.seat("s", "zai/b", 20) is None
    assert sessions.seat("other", "cerebras/a", 20) is None


def test_a_seat_grows_cold() -> None:
    sessions = Sessions()
    sessions.take("s", "cerebras/a", "K", 0, 0)
    assert sessions.seat("s", "cerebras/a", SEAT_LASTS_S + 1) is None


def test_requests_without_a_session_have_no_seat() -> None:
    sessions = Sessions()
    sessions.take("", "cerebras/a", "K", 0, 0)
    assert sessions.seat("", "cerebras/a", 0) is None


def test_the_oldest_seats_are_forgotten() -> None:
    sessions = Sessions(most=2)
    for name in ("a", "b", "a", "c"):
        sessions.take(name, "m", "K", 0, 0)
    assert sessions.seat("b", "m", 0) is None
    assert sessions.seat("a", "m", 0)
    assert sessions.seat("c", "m", 0)
