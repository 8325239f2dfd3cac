"""The choice of a key: strategy, stickiness, waiting, moving on."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from callbacks.quota.choose import Candidate, Choice, Strategy, choose_key
from callbacks.quota.key_quota import KeyQuota, Limit, Need, Unit

RPM = Limit(Unit.REQUESTS, "minute")


def keys(*labels: str, rpm: float = 10) -> list[Candidate]:
    return [Candidate(label, KeyQuota.from_plan({RPM: rpm}, 0)) for label in labels]


def choose(
    candidates: list[Candidate],
    strategy: Strategy = "least_used",
    need: Need | None = None,
    *,
    now_s: float = 0.0,
    sticky: str | None = None,
    turns: dict[str, int] | None = None,
) -> Choice:
    return choose_key(
        candidates,
        need or Need(1),
        strategy=strategy,
        margin=0.2,
        max_wait_s=2,
        now_s=now_s,
        sticky=sticky,
        turns=turns,
    )


def spend(candidate: Candidate, requests: int) -> None:
    for _ in range(requests):
        candidate.quota.reserve(Need(0), 0)


def test_least_used_takes_the_fullest_key() -> None:
    candidates = keys("A", "B")
    spend(candidates[0], 3)
    assert choose(candidates).key_label == "B"


@pytest.mark.parametrize(
    ("strategy", "weights", "shares"),
    [("round_robin", (1, 3), {"A": 20, "B": 20}), ("weighted", (1, 3), {"A": 10, "B": 30})],
)
def test_turns_follow_the_weights(
    strategy: Strategy, weights: tuple[int, int], shares: dict[str, int]
) -> None:
    candidates = [
        Candidate("A", KeyQuota(), weight=weights[0]),
        Candidate("B", KeyQuota(), weight=weights[1]),
    ]
    turns: Counter[str] = Counter()
    for _ in range(40):
        label = choose(candidates, strategy, turns=turns).key_label
        assert label is not None
        turns[label] += 1
    assert turns == shares


def test_a_session_stays_with_its_key_into_the_margin() -> None:
    candidates = keys("A", "B")
    spend(candidates[0], 9)
    assert choose(candidates, sticky="A").key_label == "A"
    assert choose(candidates).key_label == "B"
    spend(candidates[0], 1)
    assert choose(candidates, sticky="A") == Choice("B", reason="quota")


def test_a_short_refill_is_waited_for_and_a_long_one_is_not() -> None:
    quick = keys("A", rpm=100)
    spend(quick[0], 80)
    choice = choose(quick)
    assert choice.key_label == "A"
    assert choice.wait_s == pytest.approx(0.6)
    slow = keys("A", rpm=10)
    spend(slow[0], 8)
    assert choose(slow) == Choice(None, ready_in_s=6.0, reason="quota")


def test_a_cooling_key_is_passed_over_with_its_cause() -> None:
    candidates = keys("A", "B")
    candidates[0].quota.cool(30, "queue_full")
    assert choose(candidates) == Choice("B", reason="queue_full")
    candidates[1].quota.cool(20, "auth")
    assert choose(candidates) == Choice(None, ready_in_s=20, reason="queue_full")


def test_concurrency_is_kept() -> None:
    candidate = Candidate("A", KeyQuota(), concurrency=1)
    assert choose([candidate]).key_label == "A"
    candidate.quota.reserve(Need(1), 0)
    assert choose([candidate]) == Choice(None, ready_in_s=1.0, reason="concurrency")


def test_a_request_that_never_fits_goes_on() -> None:
    candidate = Candidate("A", KeyQuota.from_plan({Limit(Unit.TOKENS, "minute"): 100}, 0))
    choice = choose([candidate], need=Need(500))
    assert choice.key_label is None
    assert math.isinf(choice.ready_in_s)
    assert choice.reason == "oversize_request"


def test_no_key_is_no_choice() -> None:
    assert choose([]).key_label is None
