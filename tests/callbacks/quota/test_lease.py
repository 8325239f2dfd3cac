"""A request's hold on a key: reserved, corrected by headers, settled once."""

from __future__ import annotations

from callbacks.dialects.causes import Cause
from callbacks.quota.key_quota import Limit, Need, Observation, Unit
from callbacks.quota.quota_book import QuotaBook
from callbacks.translate.reply_stream import Usage
from tests.helpers.quota import CEREBRAS, Clock, a_book, a_fault, a_hop, quota_settings

RPM = Limit(Unit.REQUESTS, "minute")
TPM = Limit(Unit.TOKENS, "minute")


def levels(book: QuotaBook) -> tuple[float, float]:
    buckets = book.keys_of(CEREBRAS)[0].quota.buckets
    return buckets[RPM].level_at(book.now_s()), buckets[TPM].level_at(book.now_s())


def a_limited_book(clock: Clock | None = None) -> QuotaBook:
    return a_book(quota_settings(rpm=10, tpm=30_000), clock)


def test_a_served_request_costs_what_it_took() -> None:
    book = a_limited_book()
    state = book.keys_of(CEREBRAS)[0]
    hold = book.hold(state, Need(5_000, 0, 16_384))
    assert levels(book) == (9, 30_000 - 21_384)
    hop = a_hop(state, usage=Usage(1_000, 4_000, 200, estimated=False))
    hold.ended(hop)
    hold.ended(hop)
    assert levels(book) == (9, 30_000 - 1_200)
    assert (state.quota.served, state.quota.in_flight) == (1, 0)


def test_a_prompt_the_provider_has_counted_is_not_counted_again() -> None:
    book = a_limited_book()
    state = book.keys_of(CEREBRAS)[0]
    hold = book.hold(state, Need(5_000, 0, 1_000))
    hold.answered([Observation(TPM, 30_000, 23_500)])
    hold.ended(a_hop(state, usage=Usage(5_400, 0, 100, estimated=False)))
    assert levels(book)[1] == 23_500 + 900


def test_a_refused_request_costs_no_tokens() -> None:
    book = a_limited_book()
    state = book.keys_of(CEREBRAS)[0]
    fault = a_fault(Cause.SERVER_ERROR, status=500)
    book.hold(state, Need(5_000)).ended(a_hop(state, "failed", fault, status=500))
    assert levels(book) == (9, 30_000)
    book.hold(state, Need(5_000)).ended(a_hop(state, "failed", fault, status=None))
    assert levels(book) == (8, 30_000)


def test_an_answer_that_was_left_costs_its_prompt() -> None:
    book = a_limited_book()
    state = book.keys_of(CEREBRAS)[0]
    book.hold(state, Need(5_000, 0, 1_000)).ended(a_hop(state, "cancelled"))
    assert levels(book)[1] == 25_000
    assert state.quota.served == 0


def test_a_request_that_was_never_sent_costs_nothing() -> None:
    book = a_limited_book()
    hold = book.hold(book.keys_of(CEREBRAS)[0], Need(5_000))
    hold.drop()
    hold.drop()
    assert levels(book) == (10, 30_000)


def test_an_older_answer_does_not_overrule_a_newer_one() -> None:
    clock = Clock()
    book = a_limited_book(clock)
    state = book.keys_of(CEREBRAS)[0]
    older = book.hold(state, Need(10))
    clock.s += 0.001
    newer = book.hold(state, Need(10))
    newer.answered([Observation(RPM, 10, 3)])
    older.answered([Observation(RPM, 10, 9)])
    assert round(levels(book)[0]) == 3
    newer.answered([])
    assert round(levels(book)[0]) == 3
