from litellm_config.catalog import read_catalog
from litellm_config.deployments import build_deployments, deployment_id
from tests.litellm_config.builders import settings_with

CATALOG = read_catalog()


def test_there_is_a_group_per_role_and_per_member_with_one_deployment_per_key() -> None:
    providers = {"cerebras": {"keys": ["C1", "C2"]}, "zai": {"keys": ["Z"]}}
    found = build_deployments(settings_with(providers=providers), CATALOG)
    assert [(d.model_name, d.model_info.id, d.litellm_params.api_key) for d in found] == [
        ("main", "cerebras/zai-glm-4.7#1", "os.environ/C1"),
        ("main", "cerebras/zai-glm-4.7#2", "os.environ/C2"),
        ("fast", "zai/glm-4.5-air#1", "os.environ/Z"),
        ("cerebras/zai-glm-4.7", "cerebras/zai-glm-4.7#1", "os.environ/C1"),
        ("cerebras/zai-glm-4.7", "cerebras/zai-glm-4.7#2", "os.environ/C2"),
        ("zai/glm-4.7", "zai/glm-4.7#1", "os.environ/Z"),
        ("zai/glm-4.5-air", "zai/glm-4.5-air#1", "os.environ/Z"),
    ]


def test_a_deployment_carries_address_prices_and_facts() -> None:
    deployment = build_deployments(settings_with(), CATALOG)[1]
    assert deployment.to_data() == {
        "model_name": "fast",
        "litellm_params": {
            "model": "zai/glm-4.5-air",
            "api_key": "os.environ/ZAI_API_KEY",
            "api_base": "https://api.z.ai/api/anthropic",
            "max_retries": 0,
            "allowed_openai_params": ["max_retries"],
        },
        "model_info": {
            "id": "zai/glm-4.5-air#1",
            "mode": "chat",
            "max_input_tokens": 131_072,
            "max_output_tokens": 98_304,
            "input_cost_per_token": 2e-07,
            "cache_read_input_token_cost": 3e-08,
            "output_cost_per_token": 1.1e-06,
            "supports_vision": False,
            "supports_reasoning": True,
            "ccglm": {
                "provider": "zai",
                "model": "glm-4.5-air",
                "key_label": "ZAI_API_KEY",
                "surface": "anthropic",
                "context_tokens": 131_072,
                "max_output_tokens": 98_304,
                "reads_images": False,
                "efforts": [],
                "thinking": "switch",
                "reasoning_history": "thinking_blocks",
                "clear_thinking": True,
                "tool_stream": False,
            },
        },
    }


def test_every_deployment_fails_at_once_instead_of_waiting() -> None:
    assert {d.litellm_params.max_retries for d in build_deployments(settings_with(), CATALOG)} == {
        0
    }


def test_weights_are_written_for_the_weighted_strategy_only() -> None:
    providers = {"zai": {"keys": ["A", "B"], "weights": {"B": 3}}}
    models = {"main": ["zai/glm-4.7"]}
    plain = build_deployments(settings_with(providers=providers, models=models), CATALOG)
    assert {d.litellm_params.weight for d in plain} == {None}
    limits = {"strategy": "weighted"}
    found = build_deployments(
        settings_with(providers=providers, models=models, limits=limits), CATALOG
    )
    assert [d.litellm_params.weight for d in found] == [1, 3, 1, 3]


def test_another_provider_keeps_its_own_adapter_and_may_have_no_key() -> None:
    providers = {"openrouter": {"keys": ["O"]}, "ollama": {"base_url": "http://127.0.0.1:11434"}}
    models = {"main": ["openrouter/z-ai/glm-4.7", "ollama/qwen"]}
    found = build_deployments(settings_with(providers=providers, models=models), CATALOG)
    assert [d.litellm_params.model_dump(exclude_none=True) for d in found[1:]] == [
        {"model": "openrouter/z-ai/glm-4.7", "api_key": "os.environ/O", "max_retries": 0},
        {"model": "ollama/qwen", "api_base": "http://127.0.0.1:11434", "max_retries": 0},
    ]
    assert found[1].model_info.ccglm.surface == "litellm"
    assert "input_cost_per_token" not in str(found[1].to_data())


def test_prices_are_free_of_binary_noise() -> None:
    prices = {
        str(price)
        for member in CATALOG.current("zai")
        for d in build_deployments(settings_with(models={"main": [member]}), CATALOG)
        for price in (d.model_info.input_cost_per_token, d.model_info.output_cost_per_token)
    }
    assert all(len(price) <= 8 for price in prices)


def test_a_model_without_facts_has_no_deployment() -> None:
    found = build_deployments(
        settings_with(models={"main": ["cerebras/acme", "zai/glm-4.7"]}), CATALOG
    )
    assert [d.model_name for d in found] == ["zai/glm-4.7"]


def test_the_id_is_member_and_key_number() -> None:
    assert deployment_id("zai/glm-4.7", 2) == "zai/glm-4.7#2"
