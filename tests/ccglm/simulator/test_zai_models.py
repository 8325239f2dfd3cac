from ccglm.simulator.knobs import Knobs
from ccglm.simulator.zai_models import ZAI_MODELS, find_model, model_list


def test_the_current_models_are_there() -> None:
    assert ZAI_MODELS["glm-5.3"].always_thinks
    assert ZAI_MODELS["glm-4.7"].context_tokens == 204_800
    assert "glm-5.3[1m]" not in ZAI_MODELS
    assert not ZAI_MODELS["glm-4.7-flash"].in_plan


def test_the_list_names_every_model() -> None:
    assert [model["id"] for model in model_list()["data"]] == list(ZAI_MODELS)


def test_extra_models_are_like_glm_4_7() -> None:
    knobs = Knobs(zai_extra_models=("glm-case-1",))
    found = find_model("glm-case-1", knobs)
    assert found is not None
    assert (found.id, found.context_tokens, found.always_thinks) == ("glm-case-1", 204_800, False)
    assert find_model("glm-case-2", knobs) is None
    assert find_model("glm-5.3", knobs) is ZAI_MODELS["glm-5.3"]
