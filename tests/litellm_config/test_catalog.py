import re
from datetime import date

import pytest

from litellm_config.catalog import CatalogModel, data_text, read_catalog

CATALOG = read_catalog()


@pytest.mark.parametrize("member", CATALOG.models)
def test_every_model_has_a_source_a_date_and_a_provider(member: str) -> None:
    model = CATALOG.models[member]
    assert member.partition("/")[0] in {"cerebras", "zai"}
    assert len(model.source) > 10
    assert date(2026, 11, 1) <= date.fromisoformat(model.date) <= date(2026, 11, 30)


def test_models_anyone_can_use_have_every_limit() -> None:
    current = {n: m for n, m in CATALOG.models.items() if m.status == "current"}
    assert len(current) > 20
    assert [n for n, m in current.items() if not (m.context_tokens and m.max_output_tokens)] == []
    unpriced = [n for n, m in current.items() if m.output_usd_per_mtok is None]
    assert unpriced == ["zai/glm-5.3-highspeed", "zai/glm-5.2-highspeed"]


def test_a_retired_model_says_since_when_and_its_successor_exists() -> None:
    retired = {n: m for n, m in CATALOG.models.items() if m.status == "retired"}
    assert "cerebras/llama-3.3-70b" in retired
    for model in retired.values():
        assert model.since
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", model.since)
        assert model.successor is None or model.successor in CATALOG.models


def test_the_facts_of_one_model_are_as_its_provider_states_them() -> None:
    model = CATALOG.models["zai/glm-4.7"]
    assert (model.context_tokens, model.max_output_tokens) == (204_800, 131_072)
    assert (model.input_usd_per_mtok, model.output_usd_per_mtok) == (0.60, 2.20)
    assert (model.thinking, model.coding_plan, model.status) == ("switch", True, "current")


def test_glm_on_cerebras_is_per_account_since_its_removal_from_the_list() -> None:
    model = CATALOG.models["cerebras/zai-glm-4.7"]
    assert (model.status, model.since) == ("dedicated", "2026-08-17")
    assert CATALOG.current("cerebras") == ("cerebras/gpt-oss-120b", "cerebras/qwen-3.8-27b")


def test_the_models_of_a_provider_keep_their_order() -> None:
    assert next(iter(CATALOG.of("zai"))) == "zai/glm-5.3"
    assert all(isinstance(model, CatalogModel) for model in CATALOG.of("zai").values())
    assert CATALOG.of("openrouter") == {}


def test_efforts_go_with_a_way_to_think() -> None:
    for name, model in CATALOG.models.items():
        assert not (model.thinking == "never" and model.efforts), name
        assert not (model.thinking == "always" and "none" in model.efforts), name
        assert not (model.thinking == "effort" and model.status == "current") or (
            "none" in model.efforts
        ), name


def test_plans_hold_the_published_limits() -> None:
    trial = CATALOG.plans_of("cerebras")["free-trial"].models["gpt-oss-120b"]
    assert (trial.requests_per_minute, trial.uncached_tokens_per_minute) == (5, 30_000)
    developer = CATALOG.plans_of("cerebras")["developer"].models["qwen-3.8-27b"]
    assert (developer.requests_per_minute, developer.total_tokens_per_minute) == (300, 750_000)
    assert CATALOG.plans_of("zai")["coding-max"].credits_per_week == 140_000
    assert CATALOG.plans_of("openrouter") == {}


def test_every_plan_names_models_of_the_catalogue() -> None:
    for provider, plans in CATALOG.plans.items():
        for plan in plans.plans.values():
            assert all(f"{provider}/{model}" in CATALOG.models for model in plan.models)
    by_plan = {(n, p) for n, m in CATALOG.models.items() for p in m.by_plan}
    assert all(plan in CATALOG.plans_of(name.partition("/")[0]) for name, plan in by_plan)


def test_claude_prices_cover_the_tiers_and_say_where_they_are_from() -> None:
    assert set(CATALOG.claude_prices.tiers) == {"opus", "sonnet", "haiku", "fable"}
    assert "LiteLLM" in CATALOG.claude_prices.source


def test_the_provider_names_are_those_the_installed_litellm_knows() -> None:
    from litellm.types.utils import LlmProviders

    known = {provider.value for provider in LlmProviders}
    assert known >= CATALOG.litellm_providers
    assert CATALOG.litellm_providers >= {"cerebras", "zai", "openrouter", "anthropic"}


def test_a_data_file_can_be_read_as_text() -> None:
    assert data_text("models.yaml").startswith("# What is known about the models")
