"""Facts about a model, for tests that need some."""

from __future__ import annotations

from typing import Any

from litellm_config.hook_settings import ModelFacts


def some_facts(**changes: Any) -> ModelFacts:
    """Return facts of a model that thinks, changed as told."""
    fields: dict[str, Any] = {
        "provider": "zai", "model": "glm-4.7", "surface": "anthropic", "context_tokens": 1000,
        "max_output_tokens": 100, "thinking": "switch", "input_usd_per_mtok": 1.0, "output_usd_per_mtok": 2.0,
    }  # fmt: skip
    return ModelFacts(**{**fields, **changes})
