from typing import Any

import pytest

from litellm_config.check_litellm import check_litellm, referenced_variables, texts_below
from litellm_config.findings import Findings
from tests.litellm_config.builders import settings_with


def found(section: dict[str, Any], variables: dict[str, str] | None = None) -> list[str]:
    findings = Findings("f")
    check_litellm(settings_with(litellm=section), variables, findings)
    return [f"{p.severity} {p.key}: {p.message}" for p in findings.problems]


def test_plain_settings_and_references_have_no_problem() -> None:
    section = {
        "router_settings": {"cooldown_time": 9},
        "litellm_settings": {"cache_params": {"password": "os.environ/REDIS_PASSWORD"}},
        "guardrails": [],
    }
    assert found(section, {"REDIS_PASSWORD": "x"}) == []
    assert found(section) == []


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"router_settings": []}, "error litellm.router_settings: must be a mapping"),
        ({"model_list": {}}, "error litellm.model_list: must be a list"),
        ({"router_setting": {}}, "warning litellm.router_setting: LiteLLM may know no section of this name, did you mean `router_settings`?"),
        ({"general_settings": {"master_key": "sk-very-secret"}}, "error litellm.general_settings.master_key: the master key is `CCGLM_MASTER_KEY`"),
        ({"model_list": [{"litellm_params": {"api_key": "sk-very-secret"}}]}, "error litellm.model_list[0].litellm_params.api_key: a secret would be written"),
        ({"general_settings": {"database_url": "os.environ/DATABASE_URL"}}, "error litellm.general_settings.database_url: the variable `DATABASE_URL` is not set"),
    ],
)  # fmt: skip
def test_what_must_not_be_merged_is_explained(section: dict[str, Any], message: str) -> None:
    problems = found(section, {})
    assert len(problems) == 1
    assert problems[0].startswith(message)
    assert "sk-very-secret" not in problems[0]


def test_texts_are_found_at_every_depth() -> None:
    assert list(texts_below({"a": [{"b": "x"}, 1], "c": "y"}, ())) == [
        (("a", 0, "b"), "x"),
        (("c",), "y"),
    ]


def test_variables_that_are_referred_to_are_listed_once() -> None:
    section = {"a": "os.environ/ONE", "b": ["os.environ/TWO", "os.environ/ONE", "x"]}
    assert referenced_variables(settings_with(litellm=section)) == ["ONE", "TWO"]
