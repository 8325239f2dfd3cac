"""A pause ends by a probe: sent once, by itself when somebody wanted the key, else when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callbacks.dialects.causes import Cause, Fault
from callbacks.quota.key_state import KeyState
from callbacks.quota.prober import Prober
from callbacks.quota.quota_book import QuotaBook
from tests.helpers.dialects import hook_settings
from tests.helpers.quota import CEREBRAS, a_fault


class Asked:
    """Answers probes from a list and remembers them."""

    def __init__(self, *answers: Fault | Exception | None) -> None:
        self.answers = list(answers)
        self.count = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, state: KeyState) -> Fault | None:
        self.count += 1
        await self.gate.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def short() -> Fault:
    return a_fault(Cause.OVERLOADED)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  the state is a plain value
            await asyncio.sleep(0.005)


def at_rest(asked: Asked) -> tuple[QuotaBook, KeyState, Prober]:
    book = QuotaBook(hook_settings())
    prober = Prober(book, asked)
    state = book.keys_of(CEREBRAS)[0]
    return book, state, prober


def end_pause(book: QuotaBook, state: KeyState) -> None:
    state.quota.cool(0, "overloaded")
    assert state.quota.cooling is not None
    state.quota.cooling = type(state.quota.cooling)(0, "overloaded")
    book.keys_of(state.member)


async def test_the_key_is_asked_when_its_pause_is_over() -> None:
    asked = Asked(None)
    book, state, prober = at_rest(asked)
    state.fault, state.wanted = short(), True
    state.quota.cool(book.now_s() + 0.02, "overloaded")
    prober.later(state, 0.03)
    await until(lambda: state.fault is None)
    assert asked.count == 1
    assert not state.resting(book.now_s())


async def test_a_key_nobody_wants_is_left_alone_until_somebody_asks() -> None:
    asked = Asked(None)
    book, state, prober = at_rest(asked)
    state.fault = short()
    state.quota.cool(book.now_s() + 0.01, "overloaded")
    prober.later(state, 0.02)
    await until(lambda: state.due)
    assert asked.count == 0
    asked.gate.clear()
    prober.now(state)
    prober.now(state)
    await asyncio.sleep(0)
    assert state.probing
    asked.gate.set()
    await until(lambda: state.fault is None)
    assert asked.count == 1


async def test_a_probe_that_fails_rests_the_key_for_longer() -> None:
    asked = Asked(a_fault(Cause.OVERLOADED))
    book, state, prober = at_rest(asked)
    book.failed(state, a_fault(Cause.OVERLOADED), book.now_s())
    end_pause(book, state)
    prober.now(state)
    await until(lambda: not state.due and not state.probing)
    assert state.strikes == 2
    assert state.quota.ready_in_s(book.now_s()) > 3
    assert not state.wanted
    prober.close()


async def test_a_fault_of_the_probe_alone_ends_the_pause() -> None:
    book, state, prober = at_rest(Asked(a_fault(Cause.BAD_REQUEST), RuntimeError("bug")))
    for _ in range(2):
        book.failed(state, a_fault(Cause.OVERLOADED), book.now_s())
        end_pause(book, state)
        prober.now(state)
        await until(lambda: state.fault is None)
    prober.close()


async def test_what_was_learned_meanwhile_wins() -> None:
    asked = Asked(None)
    book, state, prober = at_rest(asked)
    book.failed(state, a_fault(Cause.OVERLOADED), book.now_s())
    end_pause(book, state)
    asked.gate.clear()
    prober.now(state)
    await asyncio.sleep(0)
    book.failed(state, a_fault(Cause.PAYMENT), book.now_s())
    asked.gate.set()
    await until(lambda: not state.probing)
    assert state.fault is not None
    assert state.fault.cause is Cause.PAYMENT
    prober.close()


async def test_closing_stops_what_is_under_way() -> None:
    asked = Asked(None)
    book, state, prober = at_rest(asked)
    asked.gate.clear()
    book.failed(state, a_fault(Cause.OVERLOADED), book.now_s())
    end_pause(book, state)
    prober.now(state)
    await asyncio.sleep(0)
    prober.close()
    await until(lambda: not state.probing)
    assert state.fault is not None
