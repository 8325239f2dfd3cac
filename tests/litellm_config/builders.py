"""Complete settings for tests, every part replaceable."""

from typing import Any

from litellm_config.settings import Settings

PROVIDERS: dict[str, Any] = {
    "cerebras": {"keys": ["CEREBRAS_API_KEY"]},
    "zai": {"keys": ["ZAI_API_KEY"]},
}
MODELS: dict[str, Any] = {
    "main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"],
    "fast": ["zai/glm-4.5-air"],
}


def settings_with(**changes: Any) -> Settings:
    """Return valid settings with some sections replaced."""
    return Settings.model_validate({"providers": PROVIDERS, "models": MODELS, **changes})
