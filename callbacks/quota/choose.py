"""Which key of a member serves a request: the strategies, session stickiness, and waiting or moving on.

Pure: candidates in, a decision out. Prompt caches belong to an organisation, so a session stays with its key
while that key has room.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from callbacks.quota.key_quota import KeyQuota, Need

Strategy = Literal["round_robin", "least_used", "weighted"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One key that could serve.

    Attributes:
        key_label: Name of the key's variable.
        quota: Its quota for the model.
        weight: Its share under `weighted`, at least 1.
        concurrency: Most requests in flight at once, None for no limit.
    """

    key_label: str
    quota: KeyQuota
    weight: int = 1
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The decision for one member.

    Attributes:
        key_label: The key to use, or None: no key of this member can take the request soon.
        wait_s: How long to wait before sending with it, in seconds.
        ready_in_s: When none can: the seconds until the soonest could; infinite when none ever will.
        reason: Why the first key was passed over, for the log; empty when it was not.
    """

    key_label: str | None
    wait_s: float = 0.0
    ready_in_s: float = 0.0
    reason: str = ""


def obstacle(candidate: Candidate, need: Need, margin: float, now_s: float) -> tuple[float, str]:
    """Return how long the key cannot take the request, in seconds, and why; (0.0, "") when it can now."""
    cooling = candidate.quota.cooling_at(now_s)
    if cooling is not None:
        return candidate.quota.ready_in_s(now_s), cooling.cause
    if candidate.concurrency is not None and candidate.quota.in_flight >= candidate.concurrency:
        # When a running request ends is not known; a moment is the honest guess.
        return 1.0, "concurrency"
    wait_s = candidate.quota.wait_s(need, margin, now_s)
    if math.isinf(wait_s):
        return wait_s, "oversize_request"
    return wait_s, "quota" if wait_s > 0 else ""


def choose_key(  # noqa: PLR0913  a decision with six independent inputs
    candidates: Sequence[Candidate],
    need: Need,
    *,
    strategy: Strategy,
    margin: float,
    max_wait_s: float,
    now_s: float,
    sticky: str | None = None,
    turns: Mapping[str, int] | None = None,
) -> Choice:
    """Choose the key of one member that serves a request.

    Args:
        candidates: The member's keys in the order of the settings.
        need: What the request takes.
        strategy: How to choose among keys with room.
        margin: Share of each quota to keep free.
        max_wait_s: Longest wait for a refill, in seconds.
        now_s: The caller's clock.
        sticky: The key that served this session before, or None.
        turns: How many requests each key was given before, for `round_robin` and `weighted`.

    Returns:
        The choice; `key_label` None means: go to the next member.
    """
    if not candidates:
        return Choice(None, ready_in_s=math.inf, reason="no key")
    # A running session may use the margin: its cache is here, and the margin is kept for it.
    obstacles = {
        c.key_label: obstacle(c, need, 0.0 if c.key_label == sticky else margin, now_s)
        for c in candidates
    }
    reason = obstacles[candidates[0].key_label][1]
    if sticky in obstacles and obstacles[sticky][0] == 0.0:
        return Choice(sticky, reason="" if sticky == candidates[0].key_label else reason)
    free = [c for c in candidates if obstacles[c.key_label][0] == 0.0]
    if free:
        chosen = _by_strategy(free, strategy, turns or {}, now_s)
        return Choice(chosen.key_label, reason=reason)
    soonest = min(candidates, key=lambda c: obstacles[c.key_label][0])
    wait_s, why = obstacles[soonest.key_label]
    if why == "quota" and wait_s <= max_wait_s:
        return Choice(soonest.key_label, wait_s=wait_s, reason=reason)
    return Choice(None, ready_in_s=wait_s, reason=reason)


def _by_strategy(
    free: Sequence[Candidate], strategy: Strategy, turns: Mapping[str, int], now_s: float
) -> Candidate:
    if strategy == "least_used":
        return max(free, key=lambda c: (c.quota.remaining_share(now_s), -c.quota.in_flight))
    # The key whose share of the turns so far is furthest below its weight; equal weights: in turn.
    weight = {c.key_label: c.weight if strategy == "weighted" else 1 for c in free}
    return min(free, key=lambda c: (turns.get(c.key_label, 0) + 1) / weight[c.key_label])
