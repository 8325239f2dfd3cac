"""Admission as the Router meets it: one group after the other, the chosen deployment or none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from callbacks.dialects.causes import Cause
from callbacks.quota.admission import Admission, nobody_verdict
from callbacks.quota.key_quota import Limit, Unit
from callbacks.quota.key_state import KeyState
from callbacks.quota.quota_book import QuotaBook
from callbacks.request_context import RequestContext
from litellm_config.hook_settings import HookSettings
from tests.helpers.quota import CEREBRAS, ZAI, a_fault, quota_settings

RPM = Limit(Unit.REQUESTS, "minute")


class Setup:
    """An admission with its book; remembers who was to be probed."""

    def __init__(self, settings: HookSettings) -> None:
        self.book = QuotaBook(settings)
        self.probed: list[KeyState] = []
        self.asked = asyncio.Event()
        self.admission = Admission(self.book, settings, lambda _: 1.0, self._probe)

    def _probe(self, state: KeyState) -> None:
        self.probed.append(state)
        self.asked.set()

    async def walk(self, context: RequestContext, *groups: str) -> list[str]:
        """Offer the groups one after the other, as the Router does; return who was left each time."""
        left: list[str] = []
        for member in groups or (CEREBRAS, ZAI):
            found = await self.admission.choose(deployments_of(member), context)
            left.append(found[0]["model_info"]["id"] if found else "")
        return left


def deployments_of(member: str) -> list[dict[str, Any]]:
    provider, _, model = member.partition("/")
    facts = {"provider": provider, "model": model}
    numbers = (1, 2) if provider == "cerebras" else (1,)
    return [{"model_info": {"id": f"{member}#{n}", "ccglm": facts}} for n in numbers]


def a_request(session_id: str = "", group: str = "main", **body: Any) -> RequestContext:
    said = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 100, **body}
    return RequestContext(group=group, role=group, session_id=session_id, body=said)


def use_up(keys: Sequence[KeyState], cause: Cause, length_s: float) -> None:
    for state in keys:
        state.fault = a_fault(cause, retry_after_s=length_s)
        state.quota.cool(1e9, cause.value)


async def test_the_first_group_takes_it_and_what_it_takes_is_reserved() -> None:
    setup = Setup(quota_settings(rpm=10))
    context = a_request()
    assert await setup.walk(context, CEREBRAS) == [f"{CEREBRAS}#1"]
    assert setup.book.keys_of(CEREBRAS)[0].quota.in_flight == 1
    assert context.hold is not None
    hop = context.begin_hop(CEREBRAS, f"{CEREBRAS}#1", "CEREBRAS_API_KEY")
    hop.end("cancelled")
    assert setup.book.keys_of(CEREBRAS)[0].quota.in_flight == 0


async def test_full_keys_are_not_asked_and_the_next_provider_is() -> None:
    setup = Setup(quota_settings(rpm=10))
    served = [await setup.walk(a_request()) for _ in range(30)]
    assert [s[0] for s in served if s[0]].count(f"{CEREBRAS}#1") == 8
    assert [s[0] for s in served if s[0]].count(f"{CEREBRAS}#2") == 8
    assert [s[1] for s in served if not s[0]] == [f"{ZAI}#1"] * 14


async def test_who_was_spared_is_told() -> None:
    setup = Setup(quota_settings(rpm=1))
    use_up(setup.book.keys_of(CEREBRAS), Cause.TOKEN_QUOTA, 40)
    context = a_request()
    assert await setup.walk(context) == ["", f"{ZAI}#1"]
    assert context.fell_back_from is not None
    assert (context.fell_back_from.member, context.fell_back_from.cause) == (CEREBRAS, "token_quota")  # fmt: skip


async def test_when_nobody_can_the_answer_is_one_honest_429() -> None:
    setup = Setup(quota_settings())
    use_up(setup.book.keys_of(CEREBRAS), Cause.SERVER_ERROR, 40)
    setup.book.failed(setup.book.keys_of(ZAI)[0], a_fault(Cause.PLAN_QUOTA, "5 hours", retry_after_s=7200.0), 0)  # fmt: skip
    context = a_request()
    assert await setup.walk(context) == ["", ""]
    verdict = context.refusal
    assert verdict is not None
    assert (verdict.status, verdict.error_type, verdict.should_retry) == (429, "rate_limit_error", True)  # fmt: skip
    assert verdict.retry_after_s == 60
    assert "Cerebras failed" in verdict.message
    assert "5 hours" in verdict.message


async def test_keys_that_only_a_person_can_mend_are_no_429() -> None:
    setup = Setup(quota_settings())
    for state in (*setup.book.keys_of(CEREBRAS), *setup.book.keys_of(ZAI)):
        setup.book.failed(state, a_fault(Cause.AUTH, status=401), 0)
    context = a_request()
    await setup.walk(context)
    assert context.refusal is not None
    assert (context.refusal.status, context.refusal.should_retry) == (403, False)


async def test_a_session_stays_with_its_key() -> None:
    setup = Setup(quota_settings(rpm=10, strategy="round_robin"))
    for _ in range(4):
        context = a_request("s1")
        found = await setup.walk(context, CEREBRAS)
        hop = context.begin_hop(CEREBRAS, found[0], found[0][-1])
        hop.end("served")
        assert found == [f"{CEREBRAS}#1"]
    assert await setup.walk(a_request("s2"), CEREBRAS) == [f"{CEREBRAS}#2"]


async def test_a_failed_attempt_leaves_the_rest_of_the_chain() -> None:
    setup = Setup(quota_settings())
    context = a_request()
    await setup.walk(context, CEREBRAS)
    hop = context.begin_hop(CEREBRAS, f"{CEREBRAS}#1", "CEREBRAS_API_KEY")
    hop.end("failed", a_fault(Cause.SERVER_ERROR))
    assert await setup.walk(context, CEREBRAS, ZAI) == ["", f"{ZAI}#1"]
    context.begin_hop(ZAI, f"{ZAI}#1", "Z").end("failed", a_fault(Cause.SERVER_ERROR))
    assert await setup.walk(context, ZAI) == [""]
    assert context.refusal is None  # the attempts themselves say what went wrong


async def test_members_that_cannot_hold_a_prompt_are_not_asked() -> None:
    setup = Setup(quota_settings())
    long = a_request(system="word " * 150_000)
    assert await setup.walk(long) == ["", f"{ZAI}#1"]
    assert await setup.walk(a_request(group=CEREBRAS, system="word " * 150_000), CEREBRAS) == [f"{CEREBRAS}#1"]  # fmt: skip


async def test_a_member_asked_for_by_name_is_the_whole_chain() -> None:
    setup = Setup(quota_settings())
    assert await setup.walk(a_request(group=ZAI), ZAI) == [f"{ZAI}#1"]


async def test_deployments_of_the_user_are_left_to_the_router() -> None:
    setup = Setup(quota_settings())
    theirs = [{"model_info": {"id": "x"}, "litellm_params": {"model": "openai/gpt"}}]
    assert await setup.admission.choose(theirs, a_request(group="theirs")) == theirs
    assert await setup.admission.choose([], a_request()) == []


async def test_a_due_key_is_probed_and_waited_for_by_the_last_resort() -> None:
    setup = Setup(quota_settings(max_wait_s=5.0))
    zai = setup.book.keys_of(ZAI)[0]
    zai.fault, zai.due = a_fault(Cause.OVERLOADED), True
    waiting = asyncio.create_task(setup.walk(a_request(group=ZAI), ZAI))
    async with asyncio.timeout(5):
        await setup.asked.wait()
    setup.book.recovered(zai)
    assert await asyncio.wait_for(waiting, 5) == [f"{ZAI}#1"]
    assert setup.probed == [zai]


async def test_a_full_house_is_waited_for_within_the_limit() -> None:
    setup = Setup(quota_settings(max_wait_s=0.2, concurrency={ZAI: 1}))
    first = a_request(group=ZAI)
    assert await setup.walk(first, ZAI) == [f"{ZAI}#1"]
    late = a_request(group=ZAI)
    assert await setup.walk(late, ZAI) == [""]
    assert late.refusal is not None
    assert late.refusal.status == 429
    waiting = asyncio.create_task(setup.walk(a_request(group=ZAI), ZAI))
    await asyncio.sleep(0)
    first.finish()  # it was never sent: what it held is given back
    assert await asyncio.wait_for(waiting, 5) == [f"{ZAI}#1"]


async def test_a_wait_for_the_refill_is_taken_before_it_is_sent() -> None:
    setup = Setup(quota_settings(rpm=6000, safety_margin=0.0))
    for state in setup.book.keys_of(CEREBRAS):
        state.quota.buckets[RPM].set_level(0, setup.book.now_s())
    started_s = setup.book.now_s()
    assert (await setup.walk(a_request(), CEREBRAS))[0]
    assert 0.004 < setup.book.now_s() - started_s < 1


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_output_is_reserved_up_to_what_the_provider_reserves(name: str) -> None:
    setup = Setup(quota_settings(tpm=100_000))
    tokens = Limit(Unit.TOKENS, "minute")
    levels: list[float] = []
    for most in (1_000, 32_000):
        context = RequestContext(group="main", body={"messages": [], name: most})
        await setup.walk(context, CEREBRAS)
        levels.append(sum(s.quota.buckets[tokens].level for s in setup.book.keys_of(CEREBRAS)))
    assert 198_900 < levels[0] < 199_000
    assert levels[0] - levels[1] == pytest.approx(16_384, abs=50)


def test_what_failed_speaks_first_when_somebody_was_asked() -> None:
    context = a_request()
    context.begin_hop(ZAI, f"{ZAI}#1", "Z").end("failed", a_fault(Cause.CONTENT_FILTER))
    verdict = nobody_verdict(context, [a_fault(Cause.REQUEST_QUOTA, retry_after_s=9.0)])
    assert verdict.status == 400
