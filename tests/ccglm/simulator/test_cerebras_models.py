from ccglm.simulator.cerebras_models import catalogue_entry, model_entry, models_of
from ccglm.simulator.knobs import Knobs


def test_each_set_adds_to_the_one_before() -> None:
    public = models_of(Knobs())
    legacy = models_of(Knobs(model_set="legacy_glm"))
    dedicated = models_of(Knobs(model_set="dedicated", dedicated_models=("acme-glm-5-1",)))
    assert list(public) == ["gpt-oss-120b", "qwen-3.8-27b"]
    assert list(legacy) == [*public, "zai-glm-4.7"]
    assert list(dedicated) == [*legacy, "acme-glm-5-1"]


def test_models_differ_in_the_efforts_they_take() -> None:
    models = models_of(Knobs(model_set="dedicated"))
    assert models["gpt-oss-120b"].efforts == ("low", "medium", "high")
    assert models["zai-glm-4.7"].efforts == ("none", "low", "medium", "high")
    assert models["zai-glm-5.3"].efforts == ("low", "high", "max")
    assert models["gpt-oss-120b"].always_thinks
    assert not models["zai-glm-4.7"].always_thinks


def test_entries_have_the_published_field_names() -> None:
    model = models_of(Knobs())["qwen-3.8-27b"]
    assert model_entry(model) == {
        "id": "qwen-3.8-27b",
        "object": "model",
        "created": 0,
        "owned_by": "Cerebras",
    }
    entry = catalogue_entry(model)
    assert entry["architecture"]["modality"] == "text+image->text"
    assert entry["limits"]["max_context_length"] == 131_072
    assert set(entry) == {
        "id", "name", "description", "hugging_face_id", "pricing", "capabilities",
        "supported_parameters", "architecture", "limits", "datacenter_locations", "deprecated",
        "preview", "quantization",
    }  # fmt: skip
