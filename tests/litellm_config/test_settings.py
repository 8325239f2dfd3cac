from typing import Any

import pytest
from pydantic import ValidationError

from litellm_config.settings import Settings

MINIMAL: dict[str, Any] = {
    "providers": {"zai": {"keys": ["ZAI_API_KEY"]}},
    "models": {"main": ["zai/glm-4.7"]},
}


def test_providers_and_models_are_enough() -> None:
    settings = Settings.model_validate(MINIMAL)
    assert settings.server.port == 4000
    assert settings.models == {"main": ("zai/glm-4.7",)}
    assert settings.aliases is None


def test_an_unknown_key_is_refused_at_every_level() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({**MINIMAL, "modles": {}, "server": {"prot": 1}})
    assert {error["loc"] for error in caught.value.errors()} == {("modles",), ("server", "prot")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"server": {"port": 0}},
        {"server": {"port": 65536}},
        {"temperature": {"cap": 2.1}},
        {"temperature": {"code_scale": 0}},
        {"limits": {"safety_margin": 1}},
        {"routes": {"long_context": {"above_tokens": 0, "to": "main"}}},
        {"providers": {}},
        {"models": {}},
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({**MINIMAL, **wrong})


def test_settings_do_not_change() -> None:
    settings = Settings.model_validate(MINIMAL)
    with pytest.raises(ValidationError):
        settings.server.port = 1  # pyright: ignore[reportAttributeAccessIssue]
