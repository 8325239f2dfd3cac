"""Which key of which member of a chain takes a request now: the whole chain at once. Pure.

LiteLLM's Router walks a chain group by group; looking at the whole chain first is what lets the safety margin of
one member be used when nobody else has room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from callbacks.dialects.causes import Fault
from callbacks.quota.choose import Candidate, Choice, Strategy, choose_key
from callbacks.quota.key_quota import Need
from callbacks.quota.key_state import KeyState


@dataclass(frozen=True, slots=True)
class Policy:
    """How quotas are kept, from the settings.

    Attributes:
        margin: Share of each quota to keep free, 0 to 1.
        strategy: How one of several keys is chosen.
        max_wait_s: Longest wait for room, in seconds.
    """

    margin: float = 0.2
    strategy: Strategy = "least_used"
    max_wait_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for one request.

    Attributes:
        members: For each member, in the chain's order, its keys that may be tried.
        need_of: What the request takes of a key.
        sticky: Member to the key that served the session before.
    """

    members: Sequence[Sequence[KeyState]]
    need_of: Callable[[KeyState], Need]
    sticky: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer.

    Attributes:
        state: The key to use, None for none now.
        wait_s: How long to wait before it is used, in seconds.
        look_again_s: When there is none: ask again after so long, or when something changed; None: do not wait.
        passed: Why keys before the chosen one, or all of them, were passed over.
        due: Keys whose pause is over and that wait for a probe.
        tight: Keys with room only in the safety margin.
    """

    state: KeyState | None = None
    wait_s: float = 0.0
    look_again_s: float | None = None
    passed: tuple[Fault, ...] = ()
    due: tuple[KeyState, ...] = ()
    tight: tuple[KeyState, ...] = ()


def decide(question: Question, policy: Policy, patience_s: float, now_s: float) -> Decision:
    """Decide who takes a request.

    With the safety margin first: the first member with room takes it, and a wait there that is short enough is
    better than the next member. Then without the margin. Then, if it is worth it, a wait for a place, the end of a
    pause or a probe.

    Args:
        question: The request and the keys.
        policy: How quotas are kept.
        patience_s: How long this request may still wait, in seconds.
        now_s: The book's clock.
    """
    due = tuple(s for keys in question.members for s in keys if s.due and not s.probing)
    soonest_s = math.inf
    tight: list[KeyState] = []
    for margin in dict.fromkeys((policy.margin, 0.0)):
        for index, keys in enumerate(question.members):
            choice = _choose(keys, question, policy, margin, patience_s, now_s)
            if choice.key_label is not None:
                state = next(s for s in keys if s.key_label == choice.key_label)
                before = [s for earlier in question.members[:index] for s in earlier]
                passed = _faults(before, question, policy.margin, now_s)
                return Decision(state, choice.wait_s, None, passed, due, tuple(tight))
            soonest_s = min(soonest_s, choice.ready_in_s)
            if margin:
                tight.extend(s for s in keys if _only_margin(s, question, now_s))
    everybody = [s for keys in question.members for s in keys]
    if any(s.due or s.probing or s.full(now_s) for s in everybody):
        soonest_s = min(soonest_s, patience_s)
    again_s = soonest_s if 0 < soonest_s <= patience_s else None
    return Decision(
        None, 0.0, again_s, _faults(everybody, question, policy.margin, now_s), due, tuple(tight)
    )


def _choose(
    keys: Sequence[KeyState],
    question: Question,
    policy: Policy,
    margin: float,
    patience_s: float,
    now_s: float,
) -> Choice:
    open_keys = [s for s in keys if not (s.due or s.probing)]
    if not open_keys:
        return Choice(None, ready_in_s=math.inf)
    shared = open_keys[0].shared
    if shared is not None:
        wait_s, what = shared.obstacle(question.need_of(open_keys[0]), now_s)
        if what:
            return Choice(None, ready_in_s=wait_s, reason="own limit")
    return choose_key(
        [Candidate(s.key_label, s.quota, s.weight, s.places(now_s)) for s in open_keys],
        question.need_of(open_keys[0]),
        strategy=policy.strategy,
        margin=margin,
        max_wait_s=min(policy.max_wait_s, patience_s),
        now_s=now_s,
        sticky=question.sticky.get(open_keys[0].member),
        turns={s.key_label: s.turns for s in open_keys},
    )


def _only_margin(state: KeyState, question: Question, now_s: float) -> bool:
    return not state.resting(now_s) and state.quota.wait_s(question.need_of(state), 0.0, now_s) == 0


def _faults(
    states: Sequence[KeyState], question: Question, margin: float, now_s: float
) -> tuple[Fault, ...]:
    """Return why none of these keys took the request; one that could has only its margin left."""
    found: list[Fault] = []
    for state in states:
        need = question.need_of(state)
        fault = state.standing_fault(need, now_s)
        found.append(fault or state.margin_fault(need, margin, now_s))
    return tuple(found)
