"""Limits of the user's own: of the proxy, of a token, of a provider."""

from __future__ import annotations

from callbacks.dialects.causes import Cause
from callbacks.quota.decision import Policy, Question, decide
from callbacks.quota.key_quota import Need
from callbacks.quota.own_limits import Gate, OwnLimit
from callbacks.quota.quota_book import QuotaBook
from callbacks.request_context import RequestContext
from callbacks.translate.reply_stream import Usage
from litellm_config.hook_settings import RateLimits
from tests.helpers.quota import CEREBRAS, ZAI, Clock, a_book, a_hop, quota_settings

NONE = RateLimits()


def a_gate(clock: Clock, proxy: RateLimits = NONE, token: RateLimits = NONE) -> Gate:
    return Gate(proxy, token, clock.seconds)


def leave(gate: Gate, request_id: str, output: int = 0) -> None:
    context = RequestContext(request_id=request_id)
    hop = context.begin_hop(CEREBRAS, "x#1", "K")
    hop.usage = Usage(output_tokens=output)
    gate.leave(context)


def test_nothing_limited_is_open() -> None:
    gate = a_gate(Clock())
    assert gate.open
    assert gate.enter("r", "t", 10**9) is None
    assert OwnLimit.of(NONE, 0) is None


def test_requests_a_minute_of_the_proxy() -> None:
    clock = Clock()
    gate = a_gate(clock, RateLimits(requests_per_minute=2))
    assert [gate.enter(f"r{n}", f"t{n}", 1) for n in range(2)] == [None, None]
    refused = gate.enter("r3", "t3", 1)
    assert refused is not None
    assert (refused.status, refused.error_type, refused.retry_after_s) == (429, "rate_limit_error", 30)  # fmt: skip
    assert (
        refused.message == "the limit of this proxy in the settings is reached: 2 requests a minute"
    )
    clock.s += 30
    assert gate.enter("r4", "t4", 1) is None


def test_tokens_of_prompt_and_answer_count() -> None:
    clock = Clock()
    gate = a_gate(clock, token=RateLimits(tokens_per_minute=1_000))
    assert gate.enter("r1", "t", 600) is None
    leave(gate, "r1", output=300)
    refused = gate.enter("r2", "t", 200)
    assert refused is not None
    assert refused.retry_after_s == 6
    assert gate.enter("r3", "another token", 200) is None
    too_long = gate.enter("r4", "third", 2_000)
    assert too_long is not None
    assert (too_long.retry_after_s, too_long.should_retry) == (None, False)


def test_requests_at_once_of_a_token() -> None:
    gate = a_gate(Clock(), token=RateLimits(concurrency=1))
    assert gate.enter("r1", "t", 1) is None
    assert gate.enter("r2", "t", 1) is not None
    assert gate.enter("r3", "other", 1) is None
    leave(gate, "r1")
    leave(gate, "unknown")
    assert gate.enter("r4", "t", 1) is None


def limited_book(**limits: int) -> QuotaBook:
    return a_book(quota_settings(providers={"cerebras": RateLimits(**limits)}))


def test_a_providers_limit_is_for_all_its_keys_and_the_next_provider_takes_over() -> None:
    book = limited_book(requests_per_minute=3)
    chain = [book.keys_of(CEREBRAS), book.keys_of(ZAI)]
    served: list[str] = []
    for _ in range(5):
        found = decide(Question(chain, lambda _: Need(1), {}), Policy(), 2.0, book.now_s())
        assert found.state is not None
        served.append(found.state.member)
        book.hold(found.state, Need(1))
    assert served == [CEREBRAS] * 3 + [ZAI] * 2
    fault = book.keys_of(CEREBRAS)[0].standing_fault(Need(1), book.now_s())
    assert fault is not None
    assert (fault.cause, fault.retry_after_s) == (Cause.REQUEST_QUOTA, 20)
    assert "3 requests a minute" in fault.detail


def test_a_providers_limit_is_settled_with_the_key() -> None:
    book = limited_book(concurrency=1, tokens_per_minute=1_000)
    state = book.keys_of(CEREBRAS)[0]
    assert state.shared is not None
    hold = book.hold(state, Need(100, 0, 800))
    assert state.shared.obstacle(Need(1), book.now_s())[1] == "1 requests at once"
    hold.ended(a_hop(state, usage=Usage(100, 0, 50, estimated=False)))
    assert state.shared.obstacle(Need(800), book.now_s()) == (0.0, "")
    book.hold(state, Need(900)).drop()
    assert state.shared.quota.in_flight == 0
