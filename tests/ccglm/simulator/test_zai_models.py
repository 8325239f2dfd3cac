from ccglm.simulator.zai_models import ZAI_MODELS, model_list


def test_the_current_models_are_there() -> None:
    assert ZAI_MODELS["glm-5.3"].always_thinks
    assert ZAI_MODELS["glm-4.7"].context_tokens == 204_800
    assert "glm-5.3[1m]" not in ZAI_MODELS
    assert not ZAI_MODELS["glm-4.7-flash"].in_plan


def test_the_list_names_every_model() -> None:
    assert [model["id"] for model in model_list()["data"]] == list(ZAI_MODELS)
