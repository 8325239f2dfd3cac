import pytest

from litellm_config.secrets import is_secret_name, is_variable_name, master_key_weakness


@pytest.mark.parametrize(
    "name",
    ["CEREBRAS_API_KEY", "api_key", "GITHUB_TOKEN", "DB_PASSWORD", "aws_secret", "KEY", "apikey"],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["HOME", "PORT", "MONKEY", "max_tokens_per_minute", "KEYBOARD"])
def test_other_names_are_not(name: str) -> None:
    assert not is_secret_name(name)


def test_a_variable_name_starts_with_a_letter_or_underscore() -> None:
    assert is_variable_name("_A1")
    assert not any(is_variable_name(name) for name in ("", "1A", "A-B", "csk-abc", "A B"))


@pytest.mark.parametrize(
    ("key", "weakness"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("sk-1234", "publicly known"),
        ("sk-abcdefg", "shorter than 16"),
        ("sk-abc def 0123456789", "white space"),
        ("sk-" + "a1" * 20, "same few characters"),
    ],
)
def test_a_weak_master_key_is_named_without_being_shown(key: str, weakness: str) -> None:
    found = master_key_weakness(key)
    assert found is not None
    assert weakness in found
    assert not key.strip() or key not in found


def test_a_random_master_key_is_good() -> None:
    assert master_key_weakness("sk-ccglm-" + "0123456789abcdef" * 4) is None
