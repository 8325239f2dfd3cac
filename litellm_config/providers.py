"""Where the providers are and how their addresses are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from litellm_config.hook_settings import Surface
from litellm_config.settings import ProviderSettings, Settings


class Member(NamedTuple):
    """A chain member, `provider/model`."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """What we know about a provider that we have a dialect for.

    Attributes:
        default_base: Address when none is set.
        base_variable: Environment variable that overrides it.
        key_variable: Usual name of the variable that holds the key.
        surfaces: Path of each surface, added to the address.
        default_surface: Surface spoken when none is set.
        tails: Endings that are cut off an address, longest first.
    """

    default_base: str
    base_variable: str
    key_variable: str
    default_surface: Surface
    surfaces: Mapping[str, str] = field(default_factory=dict[str, str])
    tails: tuple[str, ...] = ()


CEREBRAS = ProviderKind(
    default_base="https://api.cerebras.ai/v1",
    base_variable="CEREBRAS_API_BASE",
    key_variable="CEREBRAS_API_KEY",
    default_surface="openai",
    tails=("/chat/completions",),
)
ZAI = ProviderKind(
    default_base="https://api.z.ai",
    base_variable="ZAI_API_BASE",
    key_variable="ZAI_API_KEY",
    default_surface="anthropic",
    surfaces={
        "anthropic": "/api/anthropic",
        "openai": "/api/paas/v4",
        "coding": "/api/coding/paas/v4",
    },
    tails=(
        "/api/coding/paas/v4/chat/completions",
        "/api/paas/v4/chat/completions",
        "/api/anthropic/v1/messages",
        "/api/coding/paas/v4",
        "/api/anthropic/v1",
        "/api/paas/v4",
        "/api/anthropic",
    ),
)
KINDS: Mapping[str, ProviderKind] = {"cerebras": CEREBRAS, "zai": ZAI}
"""Providers with a dialect of ours; every other keeps LiteLLM's own adapter."""


def split_member(text: str) -> Member | None:
    """Return provider and model of `provider/model`, or None if it is not written so."""
    provider, slash, model = text.partition("/")
    if not slash or not provider or not model or re.search(r"[\s,]", text):
        return None
    return Member(provider, model)


def surface_of(provider: str, settings: ProviderSettings | None) -> Surface:
    """Return which API of the provider is spoken."""
    kind = KINDS.get(provider)
    if kind is None:
        return "litellm"
    if settings is not None and settings.surface is not None and kind.surfaces:
        return settings.surface
    return kind.default_surface


def cut_base_url(provider: str, url: str) -> str:
    """Return an address in the form settings use: Cerebras ends in /v1, Z.ai is the root.

    Args:
        provider: Provider name.
        url: Any address of the provider, such as a full surface URL.

    Returns:
        The address without the parts that we add ourselves and without a trailing slash.
    """
    kind = KINDS.get(provider)
    base = re.sub(r"[/\s]+$", "", url.strip())
    if kind is None:
        return base
    while tail := next((tail for tail in kind.tails if base.endswith(tail)), ""):
        base = re.sub(r"[/\s]+$", "", base.removesuffix(tail))
    if provider == "cerebras" and re.fullmatch(r"https?://[^/]+", base):
        return f"{base}/v1"
    return base


def api_base(provider: str, settings: ProviderSettings) -> str | None:
    """Return the address for LiteLLM: full, including the surface; None: LiteLLM's default."""
    kind = KINDS.get(provider)
    if kind is None:
        return settings.base_url
    base = cut_base_url(provider, settings.base_url or kind.default_base)
    return base + kind.surfaces.get(surface_of(provider, settings), "")


def with_base_overrides(settings: Settings, variables: Mapping[str, str]) -> Settings:
    """Return settings in which CEREBRAS_API_BASE and ZAI_API_BASE have taken effect.

    Args:
        settings: The settings as the file has them.
        variables: Environment and `.env`, merged.

    Returns:
        The same settings, or a copy with other addresses; providers not set up stay so.
    """
    changed = {
        name: provider.model_copy(update={"base_url": cut_base_url(name, override)})
        for name, provider in settings.providers.items()
        if name in KINDS and (override := variables.get(KINDS[name].base_variable, "").strip())
    }
    if not changed:
        return settings
    return settings.model_copy(update={"providers": {**settings.providers, **changed}})
