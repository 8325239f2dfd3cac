"""Who speaks to which address."""

from __future__ import annotations

import pytest

from callbacks.dialects.cerebras import Cerebras
from callbacks.dialects.choice import chat_api_base, dialect_for
from callbacks.dialects.zai_anthropic import ZaiAnthropic
from callbacks.dialects.zai_openai import ZaiOpenAI

ROOT = "https://api.z.ai"


def test_a_dialect_is_chosen_by_provider_and_surface() -> None:
    assert isinstance(dialect_for("cerebras", "https://x.invalid/v1"), Cerebras)
    assert isinstance(dialect_for("zai", f"{ROOT}/api/anthropic"), ZaiAnthropic)
    assert isinstance(dialect_for("zai", f"{ROOT}/api/anthropic/"), ZaiAnthropic)
    assert isinstance(dialect_for("zai", f"{ROOT}/api/paas/v4"), ZaiOpenAI)
    assert isinstance(dialect_for("zai", f"{ROOT}/api/coding/paas/v4"), ZaiOpenAI)


def test_any_other_provider_keeps_litellms_adapter() -> None:
    assert dialect_for("openrouter", "https://openrouter.invalid/api/v1") is None


@pytest.mark.parametrize(
    ("provider", "api_base", "plan", "expected"),
    [
        ("zai", f"{ROOT}/api/anthropic", "", f"{ROOT}/api/paas/v4"),
        ("zai", f"{ROOT}/api/anthropic/", "coding-max", f"{ROOT}/api/coding/paas/v4"),
        ("zai", f"{ROOT}/api/coding/paas/v4", "", f"{ROOT}/api/coding/paas/v4"),
        ("cerebras", "https://x.invalid/v1", "", "https://x.invalid/v1"),
    ],
)
def test_openai_clients_reach_a_surface_that_speaks_openai(
    provider: str, api_base: str, plan: str, expected: str
) -> None:
    assert chat_api_base(provider, api_base, plan) == expected
