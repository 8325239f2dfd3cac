from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.build import build, build_hook_settings, merge, prompt_text
from litellm_config.catalog import read_catalog
from litellm_config.hook_settings import HookSettings
from tests.litellm_config.builders import settings_with

CATALOG = read_catalog()


def built(**changes: Any) -> Any:
    return build(settings_with(**changes), CATALOG).data


def hooks(**changes: Any) -> HookSettings:
    return build_hook_settings(settings_with(**changes), CATALOG, usage_db_path="usage.db")


def test_the_sections_are_complete_and_in_order() -> None:
    assert list(built()) == [
        "model_list",
        "litellm_settings",
        "router_settings",
        "general_settings",
    ]


def test_nothing_is_retried_behind_our_back_and_nothing_is_reported_home() -> None:
    config = built()
    assert config["litellm_settings"]["num_retries"] == 0
    assert config["router_settings"]["num_retries"] == 0
    assert {d["litellm_params"]["max_retries"] for d in config["model_list"]} == {0}
    assert config["litellm_settings"]["telemetry"] is False
    assert config["litellm_settings"]["drop_params"] is True
    assert config["litellm_settings"]["callbacks"] == ["callbacks.entrypoint.proxy_hooks"]


def test_the_master_key_is_a_reference() -> None:
    assert built()["general_settings"]["master_key"] == "os.environ/CCGLM_MASTER_KEY"


def test_roles_have_fallbacks_and_every_target_is_a_group() -> None:
    config = built()
    groups = {d["model_name"] for d in config["model_list"]}
    router = config["router_settings"]
    assert router["fallbacks"] == [{"main": ["zai/glm-4.7"]}]
    assert {t for entry in router["fallbacks"] for chain in entry.values() for t in chain} <= groups
    assert set(router["model_group_alias"].values()) <= groups


def test_more_keys_are_tried_before_the_next_model() -> None:
    assert built()["router_settings"]["enable_weighted_failover"] is False
    providers = {"cerebras": {"keys": ["A", "B"]}, "zai": {"keys": ["Z"]}}
    router = built(providers=providers)["router_settings"]
    assert router["enable_weighted_failover"] is True
    assert router["max_fallbacks"] == 5


def test_prompts_stay_out_of_logs_unless_wanted() -> None:
    assert built()["litellm_settings"]["turn_off_message_logging"] is True
    wanted = built(logging={"content": True})
    assert wanted["litellm_settings"]["turn_off_message_logging"] is False


def test_the_users_litellm_section_has_the_last_word() -> None:
    config = built(
        litellm={
            "litellm_settings": {"drop_params": False, "callbacks": ["prometheus"], "cache": True},
            "router_settings": {"fallbacks": [{"main": ["x"]}], "model_group_alias": {"a": "main"}},
            "model_list": [{"model_name": "x"}],
            "guardrails": [1],
        }
    )
    assert config["litellm_settings"]["drop_params"] is False
    assert config["litellm_settings"]["callbacks"] == [
        "callbacks.entrypoint.proxy_hooks",
        "prometheus",
    ]
    assert config["litellm_settings"]["cache"] is True
    assert config["router_settings"]["fallbacks"] == [{"main": ["x"]}]
    assert config["router_settings"]["model_group_alias"]["a"] == "main"
    assert config["router_settings"]["model_group_alias"]["opus"] == "main"
    assert config["model_list"][0]["model_name"] == "main"
    assert config["model_list"][-1] == {"model_name": "x"}
    assert config["guardrails"] == [1]


trees = st.recursive(
    st.integers() | st.none() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "callbacks"]), inner, max_size=3),
    max_leaves=6,
)
mappings = st.dictionaries(st.sampled_from(["a", "b", "model_list", "litellm_settings"]), trees)


@given(mappings, mappings)
def test_merging_keeps_both_arguments_and_every_key(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    before = repr((ours, theirs))
    merged = merge(ours, theirs)
    assert repr((ours, theirs)) == before
    assert set(merged) == set(ours) | set(theirs)
    assert merge(ours, {}) == ours
    assert all(merged[key] == value for key, value in theirs.items() if key not in ours)


def test_the_hooks_know_chains_names_and_facts() -> None:
    settings = hooks(
        routes={"background": "fast", "long_context": {"above_tokens": 9, "to": "main"}}
    )
    assert settings.chains["main"] == ("cerebras/zai-glm-4.7", "zai/glm-4.7")
    assert set(settings.models) == {"cerebras/zai-glm-4.7", "zai/glm-4.7", "zai/glm-4.5-air"}
    assert settings.routes.background == "fast"
    assert (settings.routes.long_context, settings.routes.long_context_above_tokens) == ("main", 9)
    assert settings.aliases.exact["opus"] == "main"
    assert set(settings.claude_prices) == {"opus", "sonnet", "haiku", "fable"}
    assert settings.usage_db_path == "usage.db"


def test_output_is_reserved_modestly_where_it_counts_against_the_quota() -> None:
    assert hooks().reserve_tokens == {"cerebras/zai-glm-4.7": 16_384}
    providers = {
        "cerebras": {"keys": ["C"], "reserve_tokens": 99_999},
        "zai": {"keys": ["Z"], "reserve_tokens": 32_000},
    }
    assert hooks(providers=providers).reserve_tokens == {
        "cerebras/zai-glm-4.7": 40_960,
        "zai/glm-4.7": 32_000,
        "zai/glm-4.5-air": 32_000,
    }


def test_the_limits_of_the_plan_go_to_the_hooks() -> None:
    limits = hooks(
        providers={"cerebras": {"keys": ["C"], "plan": "developer", "concurrency": 8}},
        models={"main": ["cerebras/gpt-oss-120b"]},
        limits={"strategy": "round_robin", "safety_margin": 0.1},
    ).limits
    assert limits.plans == {"cerebras": "developer"}
    assert limits.quotas["cerebras/gpt-oss-120b"].requests_per_minute == 1000
    assert limits.concurrency == {"cerebras/gpt-oss-120b": 8}
    assert limits.keys == {"cerebras": ("C",)}
    assert (limits.strategy, limits.safety_margin) == ("round_robin", 0.1)


def test_a_model_that_takes_one_request_at_a_time_gets_one() -> None:
    limits = hooks(models={"main": ["zai/glm-4.7"], "fast": ["zai/glm-4.7-flash"]}).limits
    assert limits.concurrency == {"zai/glm-4.7-flash": 1}


@pytest.mark.parametrize(
    ("setting", "starts"), [("default", "STRICT RULES"), ("none", ""), ("own text", "own text")]
)
def test_a_prefix_is_ours_none_or_the_users(setting: str, starts: str) -> None:
    assert prompt_text(setting).startswith(starts)
    assert hooks(prompt={"prefix": setting}).prompt_prefix == prompt_text(setting)
    assert (prompt_text("none")) == ""


def test_the_default_prefix_follows_the_advice_for_glm() -> None:
    text = prompt_text("default")
    assert "MUST reply in the language the user writes in" in text
    assert "MUST NOT invent the result of a tool" in text
    assert len(text) < 1200
    assert text == text.strip()
    assert text.isascii()


def test_prefixes_and_reasoning_can_differ_by_model() -> None:
    settings = hooks(
        prompt={"prefix": "none", "per_model": {"fast": "default", "zai/glm-4.7": "x"}},
        reasoning_injection={"models": ["zai/glm-4.5-air"]},
    )
    assert settings.prompt_prefix_by_model == {"fast": prompt_text("default"), "zai/glm-4.7": "x"}
    assert settings.reasoning_models == ("zai/glm-4.5-air",)
    assert "step by step" in settings.reasoning_text
    assert hooks(reasoning_injection={"text": "think"}).reasoning_text == "think"
