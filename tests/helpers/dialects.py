"""Builders for dialect tests: a model's facts, a target, a refusal, settings for the hooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callbacks.dialects.base import Refusal, Target
from callbacks.dialects.error_body import read_error_body
from litellm_config.hook_settings import AliasTable, HookSettings, LimitSettings, ModelFacts

CEREBRAS_FACTS: dict[str, Any] = {
    "provider": "cerebras", "model": "zai-glm-4.7", "surface": "openai", "context_tokens": 131_072,
    "max_output_tokens": 40_960, "efforts": ("none", "low", "medium", "high"), "thinking": "effort",
    "reasoning_history": "reasoning", "clear_thinking": True,
}  # fmt: skip
ZAI_FACTS: dict[str, Any] = {
    "provider": "zai", "model": "glm-4.7", "surface": "anthropic", "context_tokens": 204_800,
    "max_output_tokens": 131_072, "thinking": "switch", "reasoning_history": "thinking_blocks",
}  # fmt: skip


KEYS = {"cerebras": ("CEREBRAS_API_KEY", "CEREBRAS_API_KEY_2"), "zai": ("ZAI_API_KEY",)}


def facts(base: dict[str, Any], **changes: Any) -> ModelFacts:
    return ModelFacts(**{**base, **changes})


def a_target(
    model: ModelFacts, api_base: str = "https://provider.invalid/v1", **rest: Any
) -> Target:
    member = f"{model.provider}/{model.model}"
    given: dict[str, Any] = {
        "member": member, "deployment_id": f"{member}#1", "key_label": "PROVIDER_KEY", "api_key": "the-key", **rest,
    }  # fmt: skip
    return Target(api_base=api_base, facts=model, **given)


def a_refusal(status: int | None, body: str = "", **rest: Any) -> Refusal:
    headers = rest.pop("headers", {})
    return Refusal(status=status, headers=headers, error=read_error_body(body), **rest)


def hook_settings(tmp_path: Path | None = None, **changes: Any) -> HookSettings:
    """Settings with both providers in `main`, and `fast` at Z.ai."""
    cerebras, zai = facts(CEREBRAS_FACTS), facts(ZAI_FACTS)
    air = facts(ZAI_FACTS, model="glm-4.5-air", context_tokens=131_072)
    models = {f"{f.provider}/{f.model}": f for f in (cerebras, zai, air)}
    given: dict[str, Any] = {
        "aliases": AliasTable(
            exact={"opus": "main"},
            globs={"*haiku*": "fast", "*": "main"},
            roles=("main", "fast"),
            members=tuple(models),
            providers=("cerebras", "zai"),
        ),
        "chains": {"main": ("cerebras/zai-glm-4.7", "zai/glm-4.7"), "fast": ("zai/glm-4.5-air",)},
        "models": models,
        "limits": LimitSettings(keys=KEYS),
        "usage_db_path": str((tmp_path or Path("/nonexistent")) / "usage.db"),
    }
    return HookSettings(**{**given, **changes})
