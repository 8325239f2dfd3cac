"""Which dialect speaks to a deployment: by provider, and for Z.ai by the surface in its address."""

from __future__ import annotations

from callbacks.dialects.base import Dialect
from callbacks.dialects.cerebras import Cerebras
from callbacks.dialects.zai_anthropic import ZaiAnthropic
from callbacks.dialects.zai_openai import ZaiOpenAI

_CEREBRAS = Cerebras()
_ZAI_ANTHROPIC = ZaiAnthropic()
_ZAI_OPENAI = ZaiOpenAI()


def dialect_for(provider: str, api_base: str) -> Dialect | None:
    """Return the dialect, or None for a provider that keeps LiteLLM's own adapter.

    Args:
        provider: Provider name, `cerebras` or `zai` for one of ours.
        api_base: Address of the surface: the path of Z.ai's Anthropic surface ends in `/anthropic`.
    """
    if provider == "cerebras":
        return _CEREBRAS
    if provider == "zai":
        return _ZAI_ANTHROPIC if api_base.rstrip("/").endswith("/anthropic") else _ZAI_OPENAI
    return None


def chat_api_base(provider: str, api_base: str, plan: str) -> str:
    """Return where chat completions go, for clients that speak OpenAI and are served by LiteLLM's adapter.

    Args:
        provider: Provider name.
        api_base: Address of the surface in the settings; Z.ai's Anthropic surface has no chat completions.
        plan: The provider's plan in the settings; a coding plan's key is refused by the pay-as-you-go surface.
    """
    root = api_base.rstrip("/").removesuffix("/api/anthropic")
    if provider != "zai" or root == api_base.rstrip("/"):
        return api_base
    return f"{root}/api/coding/paas/v4" if plan.startswith("coding") else f"{root}/api/paas/v4"
