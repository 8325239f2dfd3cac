"""The book: pauses begin, are told once, end by an answer or a probe, and come back after a restart."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterator

import pytest

from callbacks.dialects.causes import Cause, Fault
from callbacks.quota.key_quota import Limit, Need, Unit
from callbacks.quota.persistence import state_key
from callbacks.quota.quota_book import QuotaBook
from litellm_config.hook_settings import HookSettings
from tests.helpers.quota import (
    CEREBRAS,
    ZAI,
    Clock,
    MemoryStore,
    a_book,
    a_fault,
    a_hop,
    quota_settings,
)

RPM = Limit(Unit.REQUESTS, "minute")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logger = logging.getLogger("ccglm")
    logger.propagate = True
    with caplog.at_level(logging.INFO, "ccglm"):
        yield caplog
    logger.propagate = False


def refuse(book: QuotaBook, fault: Fault, started_s: float | None = None, key: int = 0) -> None:
    state = book.keys_of(CEREBRAS)[key]
    book.failed(state, fault, book.now_s() if started_s is None else started_s)


def test_every_key_of_every_member_is_kept() -> None:
    book = a_book()
    assert [s.deployment_id for s in book.keys_of(CEREBRAS)] == [f"{CEREBRAS}#1", f"{CEREBRAS}#2"]
    assert book.keys_of("nobody/knows") == ()
    state = book.by_deployment(f"{ZAI}#1")
    assert state is not None
    assert state.key_label == "ZAI_API_KEY"
    assert book.by_deployment("other") is None


def test_a_quota_refusal_rests_that_key_for_the_stated_time(
    said: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    book = a_book(quota_settings(rpm=10), clock)
    refuse(book, a_fault(Cause.REQUEST_QUOTA, "Requests per minute", retry_after_s=58.0))
    first, second = book.keys_of(CEREBRAS)
    assert first.resting(clock.s)
    assert not second.resting(clock.s)
    assert first.quota.buckets[RPM].level_at(clock.s) == 0
    assert first.quota.refused == 1
    clock.s += 59
    book.keys_of(CEREBRAS)
    assert first.due
    assert first.resting(clock.s)
    book.recovered(first)
    assert not first.resting(clock.s)
    assert [record.getMessage() for record in said.records] == [
        f"{CEREBRAS} with CEREBRAS_API_KEY rests for 58 s: request_quota",
        f"{CEREBRAS} with CEREBRAS_API_KEY serves again",
    ]


def test_many_refusals_at_once_are_one_strike_and_one_line(
    said: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    book = a_book(clock=clock)
    fault = a_fault(Cause.SERVER_ERROR)
    before_s = clock.s
    clock.s += 0.1
    for _ in range(30):
        refuse(book, fault, started_s=before_s)
    state = book.keys_of(CEREBRAS)[0]
    assert state.strikes == 1
    assert state.quota.ready_in_s(clock.s) == 1
    assert len(said.records) == 1


def test_faults_in_a_row_rest_the_key_longer_and_an_answer_forgets_them() -> None:
    clock = Clock()
    book = a_book(clock=clock)
    state = book.keys_of(CEREBRAS)[0]
    lengths: list[float] = []
    for _ in range(3):
        refuse(book, a_fault(Cause.SERVER_ERROR))
        lengths.append(state.quota.ready_in_s(clock.s))
        clock.s += lengths[-1] + 0.1
        book.keys_of(CEREBRAS)
    assert [round(length) for length in lengths] == [1, 2, 4]
    book.served(state, a_hop(state, started_s=clock.s), "")
    assert (state.strikes, state.resting(clock.s)) == (0, False)


def test_an_answer_from_before_the_pause_does_not_end_it() -> None:
    clock = Clock()
    book = a_book(clock=clock)
    state = book.keys_of(CEREBRAS)[0]
    refuse(book, a_fault(Cause.REQUEST_QUOTA))
    book.served(state, a_hop(state, started_s=clock.s - 5), "")
    assert state.resting(clock.s)


def test_a_refused_key_rests_for_good_at_every_model_and_is_said_loudly(
    said: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore()
    book = a_book(store=store)
    zai = book.keys_of(ZAI)[0]
    fault = Fault(Cause.AUTH, "zai", "glm-4.7", "ZAI_API_KEY", "expired", status=401)
    book.failed(zai, fault, book.now_s())
    assert math.isinf(zai.quota.ready_in_s(book.now_s()))
    assert book.keys_of("zai/glm-4.5-air")[0].resting(book.now_s())
    assert {record.levelname for record in said.records} == {"WARNING"}
    assert store.values == {}  # a restart is the change that ends it


def test_a_model_that_is_gone_names_its_successor(said: pytest.LogCaptureFixture) -> None:
    settings = quota_settings()
    facts = settings.models[CEREBRAS].model_copy(update={"successor": "cerebras/next"})
    changed = settings.model_copy(update={"models": {**settings.models, CEREBRAS: facts}})
    book = QuotaBook(HookSettings.model_validate(changed.model_dump()))
    refuse(book, a_fault(Cause.MODEL_MISSING))
    assert "`cerebras/next` is its successor" in said.records[0].getMessage()


def test_a_fault_of_one_request_rests_nobody() -> None:
    book = a_book()
    refuse(book, a_fault(Cause.BAD_REQUEST))
    refuse(book, a_fault(Cause.CONCURRENCY))
    state = book.keys_of(CEREBRAS)[0]
    assert not state.resting(book.now_s())
    assert state.places(book.now_s()) == 1


def test_a_pause_outlives_a_restart_until_it_is_over() -> None:
    clock, store = Clock(), MemoryStore()
    book = a_book(clock=clock, store=store)
    refuse(book, a_fault(Cause.REQUEST_QUOTA, retry_after_s=58.0))
    clock.s += 18
    again = a_book(clock=clock)
    again.load(store.values)
    state = again.keys_of(CEREBRAS)[0]
    assert state.quota.ready_in_s(clock.s) == pytest.approx(40)
    assert state.fault is not None
    assert state.fault.cause is Cause.REQUEST_QUOTA
    clock.s += 100
    late = a_book(clock=clock)
    late.load(store.values)
    assert late.keys_of(CEREBRAS)[0].due  # over, but nobody has asked since


def test_another_key_under_the_same_name_starts_afresh() -> None:
    store = MemoryStore()
    book = a_book(store=store)
    book.keys_of(CEREBRAS)[0].api_key = "old"
    refuse(book, a_fault(Cause.REQUEST_QUOTA))
    again = a_book()
    again.keys_of(CEREBRAS)[0].api_key = "new"
    again.load(store.values)
    assert not again.keys_of(CEREBRAS)[0].resting(again.now_s())


def test_an_ended_pause_is_forgotten_by_the_store() -> None:
    store = MemoryStore()
    book = a_book(store=store)
    refuse(book, a_fault(Cause.OVERLOADED))
    state = book.keys_of(CEREBRAS)[0]
    assert list(store.values) == [state_key(state)]
    book.recovered(state)
    assert store.values == {}


def test_everything_is_forgotten_by_hand() -> None:
    book = a_book(quota_settings(rpm=10))
    refuse(book, a_fault(Cause.AUTH))
    refuse(book, a_fault(Cause.CONCURRENCY), key=1)
    first, second = book.keys_of(CEREBRAS)
    book.hold(first, Need(1))
    book.resume_all()
    assert not first.resting(book.now_s())
    assert second.places(book.now_s()) is None
    assert first.quota.buckets[RPM].level_at(book.now_s()) == 10


def test_the_margin_is_said_once_for_each_change(said: pytest.LogCaptureFixture) -> None:
    book = a_book()
    state = book.keys_of(CEREBRAS)[0]
    for tight in (True, True, False, True):
        book.note_tight(state, tight=tight)
    assert len(said.records) == 2


async def test_those_who_wait_hear_of_a_change() -> None:
    book = a_book()
    waiting = asyncio.create_task(book.wait_for_change(60))
    await asyncio.sleep(0)
    book.changed()
    await asyncio.wait_for(waiting, 1)
    await book.wait_for_change(0.01)
