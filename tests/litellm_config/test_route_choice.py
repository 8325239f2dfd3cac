"""Which rule sends a request where, and which members can hold it."""

from __future__ import annotations

import pytest

from litellm_config.aliases import Resolution
from litellm_config.hook_settings import RouteSettings
from litellm_config.route_choice import MemberFit, Traits, fits, special_route
from tests.helpers.dialects import hook_settings

ALL = RouteSettings(
    image="i", long_context="l", long_context_above_tokens=100, background="b", subagent="s", think="t"
)  # fmt: skip
NAMED = Resolution("main", "alias", "opus")
ANYTHING = Resolution("main", "glob", "*")


@pytest.mark.parametrize(
    ("found", "traits", "expected"),
    [
        (NAMED, Traits("opus"), None),
        (NAMED, Traits("opus", image=True, tokens=101, agent=True, thinks=True), ("i", "image")),
        (NAMED, Traits("opus", tokens=101, agent=True, thinks=True), ("l", "long_context")),
        (NAMED, Traits("opus", tokens=100), None),
        (ANYTHING, Traits("claude-haiku", agent=True), ("b", "background")),
        (NAMED, Traits("claude-haiku"), None),
        (NAMED, Traits("opus", agent=True, thinks=True), ("s", "subagent")),
        (NAMED, Traits("opus", thinks=True), ("t", "think")),
        (Resolution("b", "role", "b"), Traits("b", thinks=True), None),
        (Resolution("zai/x", "member", "zai/x"), Traits("zai/x", image=True), None),
    ],
)
def test_the_first_rule_that_holds_decides(
    found: Resolution, traits: Traits, expected: tuple[str, str] | None
) -> None:
    assert special_route(found, traits, ALL) == expected
    assert special_route(found, traits, RouteSettings()) is None


def test_members_that_are_too_small_are_told_and_the_largest_always_fits() -> None:
    settings = hook_settings()
    assert fits("main", 150_000, settings) == [
        MemberFit("cerebras/zai-glm-4.7", 131_072, fits=False),
        MemberFit("zai/glm-4.7", 204_800, fits=True),
    ]
    assert [member.fits for member in fits("main", 999_999, settings)] == [False, True]
    assert [member.fits for member in fits("zai/glm-4.5-air", 999_999, settings)] == [True]
