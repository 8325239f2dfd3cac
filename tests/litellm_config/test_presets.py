from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.catalog import read_catalog
from litellm_config.load import load_text
from litellm_config.presets import DEFAULT_PRESET, Choice, choose_chain, presets, settings_text
from litellm_config.schema import SCHEMA_FILE_NAME

CATALOG = read_catalog()
VARIABLES = {
    "CEREBRAS_API_KEY": "csk-0123456789abcdef",
    "ZAI_API_KEY": "zai-0123456789abcdef",
    "CCGLM_MASTER_KEY": "sk-ccglm-" + "0123456789abcdef" * 4,
}
NOT_ASKED: dict[str, set[str] | None] = {"cerebras": None, "zai": None}


def test_the_presets_are_these_and_the_default_comes_first() -> None:
    assert list(presets()) == ["cerebras-zai", "cerebras", "zai", "zai-coding", "demo"]
    assert next(iter(presets())) == DEFAULT_PRESET


@pytest.mark.parametrize("name", presets())
def test_a_preset_names_models_of_the_catalogue_and_of_its_providers(name: str) -> None:
    preset = presets()[name]
    assert "main" in preset.roles
    for places in (*preset.roles.values(), *preset.alone.values()):
        for member in (member for place in places for member in place):
            assert CATALOG.models[member].context_tokens
            assert CATALOG.models[member].status != "retired"
            assert member.partition("/")[0] in preset.providers
            assert name != "zai-coding" or CATALOG.models[member].coding_plan


def test_what_is_listed_wins_over_what_is_preferred() -> None:
    choice = choose_chain(
        "cerebras-zai",
        {"cerebras": {"gpt-oss-120b", "qwen-3.8-27b"}, "zai": {"glm-5.3", "glm-5.3-flash"}},
    )
    assert choice.models == {
        "main": ("cerebras/qwen-3.8-27b", "zai/glm-5.3"),
        "fast": ("zai/glm-5.3-flash",),
    }
    assert choice.notes[0] == (
        "`cerebras/zai-glm-4.7` is not listed for this key: `cerebras/qwen-3.8-27b` takes its "
        "place in `main`"
    )


def test_glm_on_cerebras_is_taken_where_the_account_has_it() -> None:
    listed = {"cerebras": {"gpt-oss-120b", "zai-glm-4.7"}, "zai": {"glm-4.7", "glm-4.5-air"}}
    choice = choose_chain("cerebras-zai", listed)
    assert choice.models["main"] == ("cerebras/zai-glm-4.7", "zai/glm-4.7")
    assert choice.notes == ()


def test_providers_that_could_not_be_asked_give_the_preferred_models() -> None:
    choice = choose_chain("cerebras-zai", NOT_ASKED)
    assert choice.models == {
        "main": ("cerebras/zai-glm-4.7", "zai/glm-4.7"),
        "fast": ("zai/glm-4.5-air",),
    }
    assert "could not be asked" in choice.notes[0]


def test_a_list_that_names_none_of_them_is_not_believed() -> None:
    choice = choose_chain("zai", {"zai": {"something-else"}})
    assert choice.models["main"] == ("zai/glm-5.3", "zai/glm-4.7")
    assert "does not list `zai/glm-5.3`" in choice.notes[0]


def test_a_provider_without_a_key_is_left_out() -> None:
    choice = choose_chain("cerebras-zai", {"zai": None})
    assert choice.providers == ("zai",)
    assert choice.models == {"main": ("zai/glm-4.7",), "fast": ("zai/glm-4.5-air",)}
    assert choice.notes[0] == "no key for `cerebras`: it is left out"
    only = choose_chain("cerebras-zai", {"cerebras": {"gpt-oss-120b"}})
    assert only.models == {"main": ("cerebras/gpt-oss-120b",), "fast": ("cerebras/gpt-oss-120b",)}


def test_without_any_key_there_is_no_chain() -> None:
    assert choose_chain("cerebras", {}) == Choice(
        "cerebras", (), {}, ("no key for `cerebras`: it is left out",)
    )


def test_a_dedicated_endpoint_is_pointed_out() -> None:
    choice = choose_chain("cerebras", {"cerebras": {"gpt-oss-120b", "acme-glm-5-1", "other"}})
    assert choice.notes[-1] == (
        "`cerebras/acme-glm-5-1` can be used too: set its limits under `model_facts`"
    )


def test_no_chain_names_a_model_twice() -> None:
    choice = choose_chain("cerebras", {"cerebras": {"qwen-3.8-27b"}})
    assert choice.models["main"] == ("cerebras/qwen-3.8-27b",)


def test_an_unknown_preset_is_an_error() -> None:
    with pytest.raises(KeyError):
        choose_chain("nope", NOT_ASKED)


ids = st.sets(st.sampled_from([name.partition("/")[2] for name in CATALOG.models]))
lists = st.dictionaries(st.sampled_from(["cerebras", "zai"]), st.none() | ids)


@given(st.sampled_from(list(presets())), lists)
def test_whatever_is_listed_the_written_settings_load(
    name: str, available: dict[str, set[str] | None]
) -> None:
    choice = choose_chain(name, available)
    if "main" not in choice.models:
        assert not set(presets()[name].providers) & set(available)
        return
    text = settings_text(choice)
    loaded = load_text(text, path=Path("ccglm.yaml"), variables=VARIABLES, catalog=CATALOG)
    assert [str(problem) for problem in loaded.errors] == []
    assert loaded.settings is not None
    assert loaded.settings.models == dict(choice.models)
    assert all(len(chain) == len(set(chain)) for chain in choice.models.values())


def test_the_text_names_its_schema_and_explains_itself() -> None:
    text = settings_text(choose_chain("cerebras-zai", NOT_ASKED))
    assert text.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA_FILE_NAME}"
    assert "<<" not in text
    assert "  main: [cerebras/zai-glm-4.7, zai/glm-4.7]\n" in text
    assert max(len(line) for line in text.splitlines()) <= 100
    assert settings_text(choose_chain("zai-coding", {"zai": None})).count("surface: coding") == 1


def test_the_default_settings_are_the_models_defaults() -> None:
    text = settings_text(choose_chain("cerebras-zai", NOT_ASKED))
    loaded = load_text(text, path=Path("ccglm.yaml"), variables=VARIABLES, catalog=CATALOG)
    assert loaded.settings is not None
    fields = type(loaded.settings).model_fields
    for section in ("prompt", "temperature", "limits", "server", "litellm", "logging"):
        assert getattr(loaded.settings, section) == fields[section].get_default(
            call_default_factory=True
        )
