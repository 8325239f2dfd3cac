"""Keys come from the environment, else from `.env`, else from the user; what is stored is not lost."""

from ccglm.setup.keys import (
    WantedKey,
    find_keys,
    keys_of_providers,
    keys_of_settings,
    variables_to_store,
)
from litellm_config.secrets import master_key_weakness
from litellm_config.settings import Settings
from tests.helpers.homes import MASTER_KEY, settings_with

CEREBRAS, ZAI = WantedKey("cerebras", "CEREBRAS_API_KEY"), WantedKey("zai", "ZAI_API_KEY")


def test_the_providers_have_their_usual_keys() -> None:
    assert keys_of_providers(["cerebras", "zai"]) == [CEREBRAS, ZAI]


def test_settings_name_any_number_of_keys() -> None:
    providers = {"zai": {"keys": ["A", "B"]}, "cerebras": {"keys": ["CEREBRAS_API_KEY"]}}
    settings = Settings.model_validate(settings_with(providers=providers))
    assert keys_of_settings(settings) == [WantedKey("zai", "A"), WantedKey("zai", "B"), CEREBRAS]


def test_the_environment_wins_then_the_file_then_the_user() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return " typed "

    found = find_keys(
        [CEREBRAS, ZAI, WantedKey("zai", "THIRD")],
        {"CEREBRAS_API_KEY": "from-environment"},
        {"CEREBRAS_API_KEY": "from-file", "ZAI_API_KEY": "from-file"},
        ask,
    )
    assert found == {
        "CEREBRAS_API_KEY": "from-environment",
        "ZAI_API_KEY": "from-file",
        "THIRD": "typed",
    }
    assert asked == ["Z.ai API key, kept as THIRD (empty: none)"]


def test_a_key_nobody_has_is_left_out() -> None:
    assert find_keys([CEREBRAS, ZAI], {"ZAI_API_KEY": " "}, {}, None) == {}
    assert find_keys([CEREBRAS], {}, {}, lambda _: "") == {}


def test_everything_a_later_command_needs_is_stored() -> None:
    environment = {"CEREBRAS_API_BASE": "http://h/v1", "PATH": "/bin", "ZAI_API_BASE": ""}
    stored = variables_to_store({"ZAI_API_KEY": "z"}, environment, {}, replace=False)
    master = stored.pop("CCGLM_MASTER_KEY")
    assert stored == {"ZAI_API_KEY": "z", "CEREBRAS_API_BASE": "http://h/v1"}
    assert master_key_weakness(master) is None
    assert len(master) == len("sk-ccglm-") + 64


def test_what_is_stored_stays_unless_it_is_to_be_replaced() -> None:
    there = {"ZAI_API_KEY": "old", "CCGLM_MASTER_KEY": MASTER_KEY}
    environment = {"CCGLM_MASTER_KEY": "sk-ccglm-another-good-key-1"}
    kept = variables_to_store({"ZAI_API_KEY": "new"}, environment, there, replace=False)
    replaced = variables_to_store({"ZAI_API_KEY": "new"}, environment, there, replace=True)
    assert kept == there
    assert replaced == {"ZAI_API_KEY": "new", **environment}
    assert variables_to_store({}, {}, there, replace=True) == {"CCGLM_MASTER_KEY": MASTER_KEY}


def test_a_weak_master_key_is_replaced() -> None:
    stored = variables_to_store({}, {}, {"CCGLM_MASTER_KEY": "sk-1234"}, replace=False)
    assert master_key_weakness(stored["CCGLM_MASTER_KEY"]) is None
