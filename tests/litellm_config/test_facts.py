from typing import Any

import pytest

from litellm_config.catalog import read_catalog
from litellm_config.facts import facts_for, members_of
from litellm_config.hook_settings import ModelFacts
from litellm_config.settings import Settings

CATALOG = read_catalog()


def settings(**changes: Any) -> Settings:
    return Settings.model_validate(
        {
            "providers": {
                "cerebras": {"keys": ["C"]},
                "zai": {"keys": ["Z"]},
                "openrouter": {"keys": ["O"]},
            },
            "models": {
                "main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"],
                "fast": ["zai/glm-4.5-air"],
            },
            **changes,
        }
    )


def known(member: str, using: Settings) -> ModelFacts:
    facts = facts_for(member, using, CATALOG)
    assert facts is not None
    return facts


def test_a_model_of_the_catalogue_has_its_facts() -> None:
    facts = known("cerebras/zai-glm-4.7", settings())
    assert (facts.provider, facts.model, facts.surface) == ("cerebras", "zai-glm-4.7", "openai")
    assert (facts.context_tokens, facts.max_output_tokens) == (131_072, 40_960)
    assert (facts.thinking, facts.reasoning_history) == ("effort", "reasoning")


@pytest.mark.parametrize(
    ("surface", "history"),
    [
        ("anthropic", "thinking_blocks"),
        ("openai", "reasoning_content"),
        ("coding", "reasoning_content"),
    ],
)
def test_reasoning_goes_back_as_the_surface_wants_it(surface: str, history: str) -> None:
    providers = {"zai": {"keys": ["Z"], "surface": surface}}
    assert known("zai/glm-4.7", settings(providers=providers)).reasoning_history == history


def test_a_plan_can_make_the_window_smaller() -> None:
    providers = {"cerebras": {"keys": ["C"], "plan": "free-trial"}}
    facts = known("cerebras/qwen-3.8-27b", settings(providers=providers))
    assert (facts.context_tokens, facts.max_output_tokens) == (64_000, 32_000)


def test_own_facts_describe_an_endpoint_of_ones_own() -> None:
    own = {"cerebras/acme-glm": {"context_tokens": 200_000, "max_output_tokens": 65_536}}
    facts = known("cerebras/acme-glm", settings(model_facts=own))
    assert (facts.context_tokens, facts.max_output_tokens) == (200_000, 65_536)
    assert facts.input_usd_per_mtok is None


def test_own_facts_can_build_on_those_of_another_model() -> None:
    own = {"cerebras/acme": {"like": "zai/glm-5.3", "context_tokens": 100_000}}
    facts = known("cerebras/acme", settings(model_facts=own))
    assert (facts.context_tokens, facts.max_output_tokens) == (100_000, 131_072)
    assert (facts.provider, facts.model, facts.efforts) == (
        "cerebras",
        "acme",
        ("low", "high", "max"),
    )


def test_own_facts_correct_the_catalogue() -> None:
    own = {"zai/glm-4.7": {"output_usd_per_mtok": 9.9}}
    facts = known("zai/glm-4.7", settings(model_facts=own))
    assert (facts.output_usd_per_mtok, facts.context_tokens) == (9.9, 204_800)


def test_nothing_is_assumed_for_our_own_providers() -> None:
    assert facts_for("cerebras/acme", settings(), CATALOG) is None
    assert facts_for("cerebras/kimi-k3", settings(), CATALOG) is None
    assert facts_for("fast", settings(), CATALOG) is None


def test_other_providers_get_a_low_guess() -> None:
    facts = known("openrouter/z-ai/glm-4.7", settings())
    assert (facts.context_tokens, facts.max_output_tokens) == (128_000, 16_384)
    assert (facts.surface, facts.model) == ("litellm", "z-ai/glm-4.7")


def test_members_come_from_chains_extras_and_targets_once_each() -> None:
    using = settings(
        aliases={"big": "zai/glm-5.3", "*": "main"},
        extra_models=["zai/glm-5.2", "zai/glm-4.7"],
        routes={"image": "zai/glm-4.6v", "think": "main"},
    )
    assert members_of(using) == (
        "cerebras/zai-glm-4.7",
        "zai/glm-4.7",
        "zai/glm-4.5-air",
        "zai/glm-5.2",
        "zai/glm-5.3",
        "zai/glm-4.6v",
    )
