"""The proxy gets what it needs and nothing else of the user's."""

from hypothesis import given
from hypothesis import strategies as st

from ccglm.proxy.child_environment import child_environment

CONFIG = "api_key: os.environ/CEREBRAS_API_KEY\nother: os.environ/ZAI_API_KEY_2\n"


def test_nothing_foreign_gets_in() -> None:
    user = {
        "PATH": "/bin", "HOME": "/home/ada", "LANG": "C.UTF-8", "LC_ALL": "C", "https_proxy": "http://p:1",
        "SSL_CERT_FILE": "/ca.pem", "DATABASE_URL": "postgres://x", "OPENAI_API_KEY": "sk-o",
        "LITELLM_LOG": "DEBUG", "LITELLM_MODE": "DEV", "PYTHONPATH": "/evil", "CEREBRAS_API_KEY": "csk",
        "ANTHROPIC_AUTH_TOKEN": "t", "AWS_PROFILE": "p",
    }  # fmt: skip
    got = child_environment(user, {"ZAI_API_KEY_2": "z2", "FOREIGN": "f"}, config_text=CONFIG)
    assert got == {
        "PATH": "/bin", "HOME": "/home/ada", "LANG": "C.UTF-8", "LC_ALL": "C", "https_proxy": "http://p:1",
        "SSL_CERT_FILE": "/ca.pem", "CEREBRAS_API_KEY": "csk", "ZAI_API_KEY_2": "z2",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }  # fmt: skip


def test_the_users_environment_wins_over_the_file_unless_it_is_empty() -> None:
    secrets = {"CEREBRAS_API_KEY": "from-file", "ZAI_API_KEY_2": "from-file"}
    user = {"CEREBRAS_API_KEY": "from-user", "ZAI_API_KEY_2": ""}
    got = child_environment(user, secrets, config_text=CONFIG)
    assert (got["CEREBRAS_API_KEY"], got["ZAI_API_KEY_2"]) == ("from-user", "from-file")


def test_named_variables_are_passed_and_unset_ones_left_out() -> None:
    got = child_environment(
        {}, {"CCGLM_MASTER_KEY": "m"}, config_text=CONFIG, names=["CCGLM_MASTER_KEY", "X"]
    )
    assert got["CCGLM_MASTER_KEY"] == "m"
    assert {"X", "CEREBRAS_API_KEY"}.isdisjoint(got)


@given(st.dictionaries(st.from_regex(r"[A-Z]{4,9}_TOKEN", fullmatch=True), st.text(min_size=1)))
def test_no_token_of_the_users_ever_passes(variables: dict[str, str]) -> None:
    assert not child_environment(variables, {}, config_text=CONFIG).keys() & variables.keys()
