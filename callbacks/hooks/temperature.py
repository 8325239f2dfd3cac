"""Temperature: a ceiling, and a lower value for requests that carry tools or code. It only ever lowers.

The range a provider accepts is the dialect's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import as_text, objects_of
from litellm_config.hook_settings import HookSettings

DEFAULT_TEMPERATURE = 1.0
"""What GLM uses when a request names none (vendor documentation of both providers, 2026-09)."""

_CODE_MARK = "```"


class Temperature:
    """Lower the temperature of a request."""

    def __init__(self, settings: HookSettings) -> None:
        self._cap = settings.temperature_cap
        self._code_scale = settings.temperature_code_scale

    def apply(self, request: dict[str, Any]) -> None:
        """Set `temperature` in one attempt's arguments where it must be lower than it is, or than the default.

        Args:
            request: Keyword arguments of LiteLLM's call, for this attempt only.
        """
        asked = request.get("temperature")
        carries_code = bool(request.get("tools")) or has_code(request)
        lowered = lowered_temperature(
            asked if isinstance(asked, int | float) else None,
            cap=self._cap,
            scale=self._code_scale if carries_code else 1.0,
        )
        if lowered is not None:
            request["temperature"] = lowered


def lowered_temperature(asked: float | None, *, cap: float, scale: float) -> float | None:
    """Return the temperature to send, or None to leave the request as it is.

    Args:
        asked: What the client asked for, None for nothing.
        cap: Highest value allowed.
        scale: Factor for what is left, above 0 and at most 1.
    """
    start = DEFAULT_TEMPERATURE if asked is None else asked
    lowered = min(start, cap) * scale
    return min(round(lowered, 4), start, cap) if lowered < start else None


def has_code(request: Mapping[str, Any]) -> bool:
    """Tell whether the newest message holds a fenced block of code."""
    messages = objects_of(request.get("messages"))
    if not messages:
        return False
    content = messages[-1].get("content")
    if isinstance(content, str):
        return _CODE_MARK in content
    return any(_CODE_MARK in as_text(block.get("text")) for block in objects_of(content))
