from litellm_config.check_secrets import check_secret_values, secret_values, without_secrets
from litellm_config.findings import Findings
from litellm_config.problems import Problem
from tests.litellm_config.builders import settings_with

VARIABLES = {
    "CEREBRAS_API_KEY": "csk-0123456789",
    "ZAI_API_KEY": "y",
    "CCGLM_MASTER_KEY": "sk-master-0123456789",
    "OTHER_TOKEN": "tok-0123456789",
    "HOME": "/home/somebody",
}


def test_keys_and_whatever_is_named_like_one_are_secret() -> None:
    assert set(secret_values(settings_with(), VARIABLES).values()) == {
        "CEREBRAS_API_KEY",
        "CCGLM_MASTER_KEY",
        "OTHER_TOKEN",
    }


def test_a_secret_anywhere_in_the_settings_is_an_error_that_does_not_show_it() -> None:
    settings = settings_with(
        prompt={"prefix": "my key is csk-0123456789 ok"},
        litellm={"router_settings": {"x": ["tok-0123456789"]}},
    )
    findings = Findings("f")
    check_secret_values(settings, VARIABLES, findings)
    assert [str(problem) for problem in findings.problems] == [
        "f  prompt.prefix  holds the value of `CEREBRAS_API_KEY`, which must stay in `.env`",
        "f  litellm.router_settings.x[0]  holds the value of `OTHER_TOKEN`, which must stay in `.env`",
    ]


def test_a_secret_that_is_a_key_is_found_too() -> None:
    settings = settings_with(litellm={"general_settings": [{"tok-0123456789": 1}]})
    findings = Findings("f")
    check_secret_values(settings, VARIABLES, findings)
    (problem,) = without_secrets(findings.problems, secret_values(settings, VARIABLES))
    assert "holds the value of `OTHER_TOKEN`" in problem.message
    assert "tok-0123456789" not in str(problem)


def test_clean_settings_have_no_problem() -> None:
    findings = Findings("f")
    check_secret_values(settings_with(), VARIABLES, findings)
    assert findings.problems == []


def test_a_problem_shows_the_name_in_place_of_the_value() -> None:
    secrets = secret_values(None, VARIABLES)
    problems = [Problem("f", 1, "aliases.tok-0123456789", "not `sk-master-0123456789`")]
    assert [str(problem) for problem in without_secrets(problems, secrets)] == [
        "f:1  aliases.(value of OTHER_TOKEN)  not `(value of CCGLM_MASTER_KEY)`"
    ]
