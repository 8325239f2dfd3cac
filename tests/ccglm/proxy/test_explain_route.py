"""Who would serve, and why, in words and as data."""

from __future__ import annotations

from typing import Any

import pytest

from ccglm.errors import SettingsError
from ccglm.proxy.explain_route import explain_route
from litellm_config.hook_settings import RouteSettings
from litellm_config.route_choice import Traits
from tests.helpers.dialects import hook_settings


def said(traits: Traits, routes: RouteSettings | None = None) -> list[str]:
    found = explain_route(hook_settings(routes=routes or RouteSettings()), traits)
    return [str(block) for block in found.blocks]


def test_a_chain_is_told_in_its_order() -> None:
    assert said(Traits("opus")) == [
        "`opus` is an alias, for `main`",
        "  1  cerebras/zai-glm-4.7: serves, window of 131,072 tokens",
        "  2  zai/glm-4.7: serves when those before cannot, window of 204,800 tokens",
    ]


def test_a_member_that_cannot_hold_it_is_passed_over() -> None:
    _, first, second = said(Traits("main", tokens=150_000))
    assert (
        first == "  -  cerebras/zai-glm-4.7: passed over, its window of 131,072 tokens is too small"
    )
    assert second.startswith("  1  zai/glm-4.7: serves, ")


def test_a_route_is_named() -> None:
    lines = said(Traits("claude-haiku-9", image=True), RouteSettings(image="zai/glm-4.7", custom="/x.py:f"))  # fmt: skip
    assert lines[:3] == [
        "`claude-haiku-9` is matched by the alias `*haiku*`, for `fast`",
        "it goes to `zai/glm-4.7` by `routes.image`: it holds an image",
        "the rule in `routes.custom` may send it elsewhere; it is asked when it runs",
    ]


def test_the_data_names_the_deployments() -> None:
    members: Any = explain_route(hook_settings(), Traits("main")).data["members"]
    assert members[0] == {
        "member": "cerebras/zai-glm-4.7", "context_tokens": 131_072, "fits": True,
        "deployments": ["cerebras/zai-glm-4.7#1", "cerebras/zai-glm-4.7#2"],
    }  # fmt: skip


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(SettingsError) as caught:
        explain_route(hook_settings(), Traits("zai/unknown"))
    assert "`main`, `fast`" in (caught.value.hint or "")
