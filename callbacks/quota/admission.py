"""Who takes a request, decided before the Router chooses: called for every group it comes to.

The decision looks at the rest of the chain; for a group before the chosen one the answer is "nobody", and the
Router goes on at once. What is chosen is reserved at that moment, so that requests at the same time do not all see
the same room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callbacks.dialects.causes import Fault, Verdict, capped_retry_after, verdict_of
from callbacks.hooks.chain import deployment_id, member_of, still_open
from callbacks.quota.decision import Decision, Policy, Question, decide
from callbacks.quota.key_quota import Need
from callbacks.quota.key_state import KeyState
from callbacks.quota.quota_book import QuotaBook
from callbacks.request_context import RequestContext
from callbacks.translate.tokens import estimate_tokens
from litellm_config.hook_settings import HookSettings

RESERVED_OUTPUT_TOKENS = 16_384
"""Most output that Cerebras reserves for a request, and what it assumes when none is named (2026-09-04)."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a request is.

    Attributes:
        estimated_tokens: Its prompt before calibration, in tokens.
        max_tokens: Most output it asks for, None when it names none.
    """

    estimated_tokens: int
    max_tokens: int | None


class Admission:
    """Decides for each request."""

    def __init__(
        self,
        book: QuotaBook,
        settings: HookSettings,
        ratio: Callable[[str], float],
        probe: Callable[[KeyState], None],
    ) -> None:
        """Remember who is asked.

        Args:
            book: Keeps the keys.
            settings: Chains, models and how quotas are kept.
            ratio: Calibration of the token estimate, by member.
            probe: Asks a key whose pause is over, in the background.
        """
        limits = settings.limits
        self._book = book
        self._chains = settings.chains
        self._context_tokens = {m: facts.context_tokens for m, facts in settings.models.items()}
        self._reserve_tokens = settings.reserve_tokens
        self._policy = Policy(limits.safety_margin, limits.strategy, limits.max_wait_s)
        self._ratio = ratio
        self._probe = probe

    async def choose(
        self, deployments: Sequence[Mapping[str, Any]], context: RequestContext
    ) -> list[Mapping[str, Any]]:
        """Return the deployment of this group that takes the request, as a list of one, or an empty list.

        Deployments whose keys nobody keeps (of the user's own LiteLLM section) are left as they are.

        Args:
            deployments: What the Router offers for the group.
            context: The request; what is reserved lies in its `hold` afterwards.
        """
        if not deployments:
            return []
        member = member_of(deployments[0])
        if not self._book.keys_of(member):
            may_try = still_open(context.hops, self._context_tokens)
            return [d for d in deployments if may_try(deployment_id(d), member_of(d))]
        if context.hold is None and context.nobody_after != len(context.hops):
            await self._decide(context, self._rest_of_chain(context, member))
        held = context.hold.deployment_id if context.hold is not None else None
        return [d for d in deployments if deployment_id(d) == held]

    def _rest_of_chain(self, context: RequestContext, member: str) -> tuple[str, ...]:
        chain = self._chains.get(context.group, (context.group,))
        return chain[chain.index(member) :] if member in chain else (member,)

    async def _decide(self, context: RequestContext, members: Sequence[str]) -> None:
        book = self._book
        deadline_s = book.now_s() + self._policy.max_wait_s
        while True:
            now_s = book.now_s()
            question = self._question(context, members, now_s)
            decision = decide(question, self._policy, max(0.0, deadline_s - now_s), now_s)
            self._pass_on(question, decision)
            if decision.state is not None:
                await self._hold(context, question, decision)
                return
            if decision.look_again_s is None:
                context.nobody_after = len(context.hops)
                if decision.passed:
                    context.refusal = nobody_verdict(context, decision.passed)
                return
            await book.wait_for_change(decision.look_again_s)

    async def _hold(self, context: RequestContext, question: Question, decision: Decision) -> None:
        state = decision.state
        assert state is not None, "only a decision for a key is held"
        if not context.hops:
            context.passed_over = decision.passed
        context.hold = self._book.hold(state, question.need_of(state), context.session_id)
        if decision.wait_s > 0:
            await asyncio.sleep(decision.wait_s)

    def _pass_on(self, question: Question, decision: Decision) -> None:
        """Have keys probed that somebody wants, and say it once when new sessions are sent on."""
        for state in decision.due:
            self._probe(state)
        chosen = decision.state
        for keys in question.members:
            if chosen in keys:
                break
            for state in keys:
                state.wanted = state.wanted or state.fault is not None
        for keys in question.members:
            for state in keys:
                self._book.note_tight(state, tight=state in decision.tight)

    def _question(self, context: RequestContext, members: Sequence[str], now_s: float) -> Question:
        may_try = still_open(context.hops, self._context_tokens)
        size = _size_of(context)
        held = [m for m in members if self._holds(m, size, members)]
        seats = {m: self._book.sessions.seat(context.session_id, m, now_s) for m in held}

        def need_of(state: KeyState) -> Need:
            prompt = round(size.estimated_tokens * self._ratio(state.member))
            most = min(self._reserve_tokens.get(state.member, RESERVED_OUTPUT_TOKENS), RESERVED_OUTPUT_TOKENS)  # fmt: skip
            seat = seats.get(state.member)
            cached = seat.cached_tokens if seat and seat.key_label == state.key_label else 0
            return Need(prompt, min(cached, prompt), min(size.max_tokens or most, most))

        keys = [
            [s for s in self._book.keys_of(m) if may_try(s.deployment_id, s.member)] for m in held
        ]
        sticky = {m: seat.key_label for m, seat in seats.items() if seat is not None}
        return Question([k for k in keys if k], need_of, sticky)

    def _holds(self, member: str, size: Size, members: Sequence[str]) -> bool:
        """Tell whether a request fits into a member's window; the largest may always try."""
        window = self._context_tokens[member]
        if window >= max(self._context_tokens.get(m, 0) for m in members):
            return True
        return size.estimated_tokens * self._ratio(member) <= window


def prompt_estimate(context: RequestContext) -> int:
    """Return the length of a request's prompt before calibration, in tokens; counted once a request."""
    if context.prompt_estimate is None:
        context.prompt_estimate = estimate_tokens(context.body)
    return context.prompt_estimate


def _size_of(context: RequestContext) -> Size:
    body, estimate = context.body, prompt_estimate(context)
    for name in ("max_tokens", "max_completion_tokens"):
        most = body.get(name)
        if isinstance(most, int) and most > 0:
            return Size(estimate, most)
    return Size(estimate, None)


def nobody_verdict(context: RequestContext, standing: Sequence[Fault]) -> Verdict:
    """Return what the client is told when nobody can be asked now.

    When nobody was asked at all, and waiting helps, that is a 429 whatever the pauses are for.

    Args:
        context: The request; its failed attempts are named too.
        standing: Why each key that was not asked cannot take it, at least one.
    """
    failed = [hop.fault for hop in context.hops if hop.fault is not None]
    verdict = verdict_of([*failed, *standing])
    waits = [wait_s for fault in standing if (wait_s := fault.wait_s()) is not None]
    if failed or not waits:
        return verdict
    return replace(
        verdict,
        status=429,
        error_type="rate_limit_error",
        retry_after_s=capped_retry_after(min(waits)),
        should_retry=True,
    )
