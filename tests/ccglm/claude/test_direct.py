from __future__ import annotations

import pytest

from ccglm.claude.direct import direct_zai_facts
from ccglm.claude.profile import build_profile
from ccglm.errors import PrerequisiteError
from litellm_config.catalog import read_catalog
from litellm_config.settings import Settings

KEY = {"ZAI_API_KEY": "zk-1"}


def _settings(**models: list[str]) -> Settings:
    return Settings.model_validate(
        {"providers": {"zai": {"keys": ["MY_ZAI_KEY"]}}, "models": models}
    )


def test_without_settings_the_models_of_zais_own_instructions_are_used() -> None:
    facts = direct_zai_facts(read_catalog(), KEY)
    environment = build_profile(facts).environment()
    assert environment["ANTHROPIC_BASE_URL"] == "https://api.z.ai/api/anthropic"
    assert environment["ANTHROPIC_AUTH_TOKEN"] == "zk-1"
    assert environment["ANTHROPIC_MODEL"] == "glm-5.3"
    assert environment["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == "glm-5.3-flash"
    assert environment["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "1000000"
    assert environment["API_TIMEOUT_MS"] == "3000000"


def test_the_users_own_models_key_and_address_are_used() -> None:
    settings = _settings(main=["cerebras/gpt-oss-120b", "zai/glm-4.7"], fast=["zai/glm-4.5-air"])
    variables = {"MY_ZAI_KEY": "mine", "ZAI_API_BASE": "http://127.0.0.1:9/api/paas/v4"}
    facts = direct_zai_facts(read_catalog(), variables, settings)
    assert (facts.base_url, facts.token) == ("http://127.0.0.1:9/api/anthropic", "mine")
    assert (facts.tiers.main.name, facts.tiers.haiku.name) == ("glm-4.7", "glm-4.5-air")
    assert facts.context_tokens == 204_800


def test_a_missing_key_is_named() -> None:
    with pytest.raises(PrerequisiteError, match="`ZAI_API_KEY` is not set"):
        direct_zai_facts(read_catalog(), {})
    with pytest.raises(PrerequisiteError, match="`MY_ZAI_KEY` is not set"):
        direct_zai_facts(read_catalog(), KEY, _settings(main=["zai/glm-4.7"]))


def test_a_model_nobody_knows_is_refused_rather_than_guessed() -> None:
    settings = _settings(main=["zai/glm-99"])
    with pytest.raises(PrerequisiteError, match="zai/glm-99"):
        direct_zai_facts(read_catalog(), {"MY_ZAI_KEY": "k"}, settings)
