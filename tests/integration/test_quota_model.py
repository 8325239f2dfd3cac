"""The quota model against the simulated provider's own limiter: what it admits is hardly ever refused."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.dialects.causes import Cause
from callbacks.dialects.cerebras_limits import limits_in
from callbacks.quota.decision import Policy, Question, decide
from callbacks.quota.key_quota import Need
from callbacks.quota.lease import Lease
from callbacks.translate.reply_stream import Usage
from ccglm.simulator.cerebras_limits import Admission, CerebrasLimiter, Limits, TokenNeed
from ccglm.simulator.knobs import Knobs
from tests.helpers.quota import CEREBRAS, ZAI, Clock, a_book, a_fault, a_hop, quota_settings

OWNER = ("org", "model")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SERVED_S = 3.0


class Run:
    """Clients ask at random times; the model admits, the simulated limiter is the truth."""

    def __init__(self, seed: int, *, rpm: int, tpm: int, headers: str, plan_known: bool) -> None:
        self.random = random.Random(seed)
        self.clock = Clock()
        known = quota_settings(rpm, tpm) if plan_known else quota_settings()
        self.book = a_book(known, self.clock)
        self.limiter = CerebrasLimiter()
        self.limits = Limits(requests_minute=rpm, uncached_minute=tpm)
        self.knobs = Knobs.model_validate({"ratelimit_headers": headers})
        self.running: list[tuple[float, Lease, Admission, int, Any]] = []
        self.asked = self.refused = self.spared = 0

    def ask(self) -> None:
        state = self.book.keys_of(CEREBRAS)[0]
        prompt, output = self.random.randint(50, 2_000), self.random.randint(1, 500)
        estimate = round(prompt * self.random.uniform(0.9, 1.1))
        need = Need(estimate, 0, 1_000)
        chain = [[state], self.book.keys_of(ZAI)]
        found = decide(Question(chain, lambda _: need, {}), Policy(), 0.0, self.clock.s)
        if found.state is not state:
            self.spared += 1
            return
        self.asked += 1
        hold = self.book.hold(state, need)
        verdict = self.limiter.admit(
            OWNER, self.limits, TokenNeed(prompt, 0, 1_000), now_s=self.clock.s
        )
        stated = self.limiter.headers(OWNER, self.limits, self.knobs, now_s=self.clock.s, now=NOW)
        hold.answered(limits_in(dict(stated)))
        if isinstance(verdict, Admission):
            hop = a_hop(state, started_s=self.clock.s, usage=Usage(prompt, 0, output, estimated=False))  # fmt: skip
            self.running.append((self.clock.s + SERVED_S, hold, verdict, output, hop))
            return
        self.refused += 1
        fault = a_fault(Cause.TOKEN_QUOTA, "Tokens per minute", retry_after_s=5.0)
        hold.ended(a_hop(state, "failed", fault, started_s=self.clock.s, status=429))
        self.clock.s += 6.0
        self.book.keys_of(CEREBRAS)
        self.book.recovered(state)

    def pass_time(self, length_s: float) -> None:
        self.clock.s += length_s
        for entry in [e for e in self.running if e[0] <= self.clock.s]:
            self.running.remove(entry)
            _, hold, verdict, output, hop = entry
            verdict.settle(output, self.clock.s)
            hold.ended(hop)


@pytest.mark.parametrize("headers", ["none", "documented", "measured"])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), rpm=st.integers(5, 600), tpm=st.integers(20_000, 500_000))
def test_what_the_model_admits_is_hardly_ever_refused(
    headers: str, seed: int, rpm: int, tpm: int
) -> None:
    run = Run(seed, rpm=rpm, tpm=tpm, headers=headers, plan_known=True)
    for _ in range(800):
        run.ask()
        run.pass_time(run.random.expovariate(rpm / 25))
    assert run.asked > 20
    assert run.spared > 0
    assert run.refused <= max(1, run.asked * 0.01)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_headers_alone_are_enough_after_the_first_answer(seed: int) -> None:
    run = Run(seed, rpm=60, tpm=60_000, headers="measured", plan_known=False)
    for _ in range(1_000):
        run.ask()
        run.pass_time(run.random.expovariate(2.0))
    assert run.spared > 0
    assert run.refused <= max(1, run.asked * 0.01)
