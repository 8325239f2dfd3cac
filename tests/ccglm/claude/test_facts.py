from __future__ import annotations

import pytest

from ccglm.claude.facts import model_title, profile_facts
from ccglm.errors import PrerequisiteError
from litellm_config.hook_settings import AliasTable, HookSettings, ModelFacts, RouteSettings


def _model(member: str, context: int, output: int) -> ModelFacts:
    provider, _, model = member.partition("/")
    return ModelFacts(
        provider=provider,
        model=model,
        surface="anthropic",
        context_tokens=context,
        max_output_tokens=output,
    )


def _hooks(routes: RouteSettings | None = None, **exact: str) -> HookSettings:
    limits = {
        "cerebras/zai-glm-4.7": (131_072, 40_960),
        "zai/glm-4.7": (204_800, 131_072),
        "zai/glm-4.5-air": (98_304, 98_304),
    }
    return HookSettings(
        aliases=AliasTable(
            exact={"opus": "main", "sonnet": "main", "haiku": "fast", **exact},
            globs={"*": "main"},
            roles=("main", "fast"),
            members=tuple(limits),
        ),
        chains={"main": ("cerebras/zai-glm-4.7", "zai/glm-4.7"), "fast": ("zai/glm-4.5-air",)},
        models={member: _model(member, *limit) for member, limit in limits.items()},
        routes=routes or RouteSettings(),
        usage_db_path="/nowhere/usage.db",
    )


def test_the_limits_are_the_smallest_of_the_chain_that_serves_main() -> None:
    facts = profile_facts(_hooks(), base_url="http://127.0.0.1:4000", token="t")
    assert (facts.context_tokens, facts.max_output_tokens) == (131_072, 40_960)
    assert (facts.base_url, facts.token) == ("http://127.0.0.1:4000", "t")


def test_tiers_follow_the_aliases() -> None:
    hooks = _hooks(opus="zai/glm-4.7")
    tiers = profile_facts(hooks, base_url="", token="").tiers
    assert (tiers.main.name, tiers.sonnet.name, tiers.haiku.name) == ("main", "main", "fast")
    assert (tiers.opus.name, tiers.opus.title) == ("zai/glm-4.7", "GLM 4.7")
    assert tiers.fable.name == "main", "by way of `*`"
    assert tiers.main.description == "cerebras/zai-glm-4.7, then zai/glm-4.7"
    assert tiers.background == tiers.haiku


def test_side_work_goes_where_the_background_route_says() -> None:
    hooks = _hooks(RouteSettings(background="main"))
    assert profile_facts(hooks, base_url="", token="").tiers.background.name == "main"


def test_a_tier_nothing_matches_is_served_by_main() -> None:
    hooks = _hooks()
    nothing = hooks.model_copy(update={"aliases": AliasTable(roles=("main", "fast"))})
    assert profile_facts(nothing, base_url="", token="").tiers.haiku.name == "main"


def test_web_search_is_served_only_when_the_route_says_so() -> None:
    served = _hooks(RouteSettings(web_search="zai"))
    assert profile_facts(served, base_url="", token="").serves_web_search
    assert not profile_facts(_hooks(), base_url="", token="").serves_web_search


def test_a_member_without_known_limits_does_not_count_and_one_is_needed() -> None:
    hooks = _hooks()
    known = {"zai/glm-4.7": hooks.models["zai/glm-4.7"]}
    partly = hooks.model_copy(update={"models": known})
    assert profile_facts(partly, base_url="", token="").context_tokens == 204_800
    with pytest.raises(PrerequisiteError, match=r"cerebras/zai-glm-4\.7"):
        profile_facts(hooks.model_copy(update={"models": {}}), base_url="", token="")


@pytest.mark.parametrize(
    ("model", "title"),
    [
        ("glm-4.7", "GLM 4.7"),
        ("zai-glm-4.7", "GLM 4.7"),
        ("glm-4.5-air", "GLM 4.5 Air"),
        ("glm-5v-turbo", "GLM 5v Turbo"),
        ("gpt-oss-120b", "gpt-oss-120b"),
        ("my-endpoint", "my-endpoint"),
    ],
)
def test_a_model_has_a_readable_title(model: str, title: str) -> None:
    assert model_title(model) == title
