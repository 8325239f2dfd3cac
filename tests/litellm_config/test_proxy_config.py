import pytest
from pydantic import ValidationError

from litellm_config.proxy_config import Deployment, LitellmParams, ProxyConfig


def test_what_is_not_set_is_not_written() -> None:
    params = LitellmParams(model="zai/x")
    assert params.model_dump(exclude_none=True) == {"model": "zai/x", "max_retries": 0}


def test_an_entry_without_its_facts_is_refused() -> None:
    with pytest.raises(ValidationError):
        Deployment.model_validate({"model_name": "main", "litellm_params": {"model": "zai/x"}})


def test_a_configuration_holds_its_sections_in_order() -> None:
    assert list(ProxyConfig({"model_list": [], "general_settings": {}}).data) == [
        "model_list",
        "general_settings",
    ]
