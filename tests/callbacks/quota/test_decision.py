"""The whole chain is looked at before anybody is asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.causes import Cause
from callbacks.quota.decision import Decision, Policy, Question, decide
from callbacks.quota.key_quota import KeyQuota, Limit, Need, Unit
from callbacks.quota.key_state import KeyState
from tests.helpers.quota import a_fault

RPM = Limit(Unit.REQUESTS, "minute")
POLICY = Policy(margin=0.2, max_wait_s=2.0)


def a_key(member: str, label: str = "K", *, rpm: float | None = 10, used: int = 0) -> KeyState:
    state = KeyState(
        member, label, f"{member}#{label}", KeyQuota.from_plan({RPM: rpm} if rpm else {}, 0)
    )
    for _ in range(used):
        state.quota.settle(state.quota.reserve(Need(0), 0), Need(0), 0)
    return state


def asked(*members: list[KeyState], patience_s: float = 2.0, now_s: float = 0, sticky: dict[str, str] | None = None) -> Decision:  # fmt: skip
    return decide(Question(members, lambda _: Need(10), sticky or {}), POLICY, patience_s, now_s)


def test_the_first_with_room_serves() -> None:
    first, second = a_key("a/m"), a_key("b/m")
    found = asked([first], [second])
    assert found.state is first
    assert (found.wait_s, found.passed, found.tight) == (0, (), ())


def test_the_margin_sends_new_sessions_on_and_keeps_running_ones() -> None:
    first, second = a_key("a/m", used=8), a_key("b/m")
    found = asked([first], [second])
    assert found.state is second
    assert found.tight == (first,)
    assert [fault.cause for fault in found.passed] == [Cause.REQUEST_QUOTA]
    assert asked([first], [second], sticky={"a/m": "K"}).state is first


def test_the_margin_is_used_when_nobody_else_has_room() -> None:
    first, second = a_key("a/m", used=8), a_key("b/m", used=10)
    assert asked([first], [second]).state is first


def test_a_short_wait_at_the_first_is_better_than_the_next() -> None:
    first, second = a_key("a/m", rpm=600, used=481), a_key("b/m")
    found = asked([first], [second])
    assert found.state is first
    assert 0 < found.wait_s <= 0.2
    assert asked([first], [second], patience_s=0).state is second


def test_a_resting_key_is_passed_over_with_its_reason() -> None:
    first, second = a_key("a/m"), a_key("b/m")
    first.fault = a_fault(Cause.SERVER_ERROR)
    first.quota.cool(30, "server_error")
    found = asked([first], [second])
    assert found.state is second
    assert [fault.cause for fault in found.passed] == [Cause.SERVER_ERROR]


def test_a_key_that_waits_for_its_probe_is_not_asked() -> None:
    first, second = a_key("a/m"), a_key("b/m")
    first.fault, first.due = a_fault(Cause.OVERLOADED), True
    found = asked([first], [second])
    assert found.state is second
    assert found.due == (first,)
    alone = asked([first])
    assert alone.state is None
    assert alone.look_again_s == 2.0  # the probe's outcome is worth waiting for
    first.probing = True
    assert asked([first]).due == ()


def test_a_pause_that_ends_soon_is_waited_for_when_nobody_else_is_there() -> None:
    only = a_key("a/m")
    only.fault = a_fault(Cause.SERVER_ERROR)
    only.quota.cool(1, "server_error")
    assert asked([only]).look_again_s == 1
    only.quota.cool(30, "server_error")
    found = asked([only])
    assert (found.state, found.look_again_s) == (None, None)
    assert [fault.retry_after_s for fault in found.passed] == [30]


def test_a_full_house_is_waited_for_only_at_the_last() -> None:
    first, second = a_key("a/m"), a_key("b/m")
    for state in (first, second):
        state.concurrency = 1
    first.quota.reserve(Need(0), 0)
    assert asked([first], [second]).state is second
    second.quota.reserve(Need(0), 0)
    assert asked([first], [second]).look_again_s == 1.0


def test_nobody_is_not_waited_for() -> None:
    assert asked() == Decision()


@given(st.lists(st.lists(st.integers(0, 12), max_size=3), max_size=4), st.integers(0, 60))
def test_whoever_is_chosen_has_room_and_comes_after_none_with_more(
    used: list[list[int]], now_s: int
) -> None:
    members = [
        [a_key(f"m{i}/x", f"K{j}", used=n) for j, n in enumerate(keys)]
        for i, keys in enumerate(used)
    ]
    found = asked(*members, now_s=now_s)
    need = Need(10)
    if found.state is None:
        assert all(s.quota.wait_s(need, 0, now_s) > 0 for keys in members for s in keys)
        return
    assert found.state.quota.wait_s(need, 0, now_s) <= found.wait_s + 1e-9
    index = next(i for i, keys in enumerate(members) if found.state in keys)
    before = [s for keys in members[:index] for s in keys]
    assert all(s.quota.wait_s(need, POLICY.margin, now_s) > 0 for s in before)
