from typing import Any

import pytest

from litellm_config.catalog import read_catalog
from litellm_config.check_chains import check_chains, check_member
from litellm_config.findings import Findings
from tests.litellm_config.builders import settings_with

CATALOG = read_catalog()


def found(models: dict[str, Any], **changes: Any) -> list[str]:
    findings = Findings("f")
    check_chains(settings_with(models=models, **changes), CATALOG, findings)
    return [f"{p.severity} {p.key}: {p.message}" for p in findings.problems]


def test_good_chains_have_no_problem() -> None:
    assert found({"main": ["cerebras/gpt-oss-120b", "zai/glm-4.7"], "fast": ["zai/glm-4.7"]}) == []


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ({"mian": ["zai/glm-4.7"]}, "error models: there is no role `main`: Claude Code's own model needs one, did you mean `mian`?"),
        ({"main": []}, "error models.main: the chain is empty"),
        ({"main": ["zai/glm-4.7"], "a b": ["zai/glm-4.7"]}, "error models.a b: a role's name is letters"),
        ({"main": ["glm-4.7"]}, "error models.main[0]: `glm-4.7` is not written `provider/model`, such as"),
        ({"main": ["zai,glm-4.7"]}, "`zai,glm-4.7` is not written `provider/model`, did you mean `zai/glm-4.7`?"),
        ({"main": ["zia/glm-4.7"]}, "error models.main[0]: provider `zia` is not set up under `providers`, did you mean `zai`?"),
        ({"main": ["zai/glm-4.7", "zai/glm-5", "zai/glm-4.7"]}, "error models.main[2]: the chain returns to itself: zai/glm-4.7, zai/glm-5, zai/glm-4.7"),
        ({"main": ["main"]}, "error models.main[0]: the chain returns to itself: main, main"),
        ({"main": ["a"], "a": ["b"], "b": ["main"]}, "error models.main[0]: the chain returns to itself: main, a, b, main"),
        ({"main": ["zai/glm-4.7", "fast"], "fast": ["zai/glm-5"]}, "error models.main[1]: `fast` is a role; a chain names `provider/model`, here `zai/glm-5`"),
        ({"main": ["zai/glm-5.3[1m]"]}, "`[1m]` is Claude Code's own mark; write `zai/glm-5.3`"),
        ({"main": ["zai/glm-4.77"]}, "`zai` has no model `glm-4.77` in the catalogue, did you mean `glm-4.7`? set `context_tokens`"),
        ({"main": ["cerebras/my-endpoint"]}, "under `model_facts.cerebras/my-endpoint`, as for a dedicated endpoint's own id"),
        ({"main": ["cerebras/kimi-k3"]}, "error models.main[0]: `cerebras/kimi-k3` is served to some accounts only and its limits are not public: set"),
        ({"main": ["cerebras/llama-3.3-70b"]}, "error models.main: a dead end: none of the chain's models is served any more"),
    ],
)  # fmt: skip
def test_a_chain_that_cannot_serve_is_an_error(models: dict[str, Any], message: str) -> None:
    assert any(message in text for text in found(models)), found(models)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("cerebras/zai-glm-4.6", "`cerebras/zai-glm-4.6` was retired on 2026-01-20; use `cerebras/zai-glm-4.7`"),
        ("cerebras/llama3.1-8b", "no successor is named, there are `cerebras/gpt-oss-120b`, `cerebras/qwen-3.8-27b`"),
        ("cerebras/zai-glm-4.7", "left the public list on 2026-08-17 and is served to some accounts only"),
    ],
)  # fmt: skip
def test_a_model_that_may_be_gone_is_a_warning(member: str, message: str) -> None:
    problems = found({"main": [member, "zai/glm-4.7"]})
    assert len(problems) == 1
    assert problems[0].startswith("warning models.main[0]: ")
    assert message in problems[0]


def test_a_model_is_reported_once_wherever_it_is_first_named() -> None:
    problems = found(
        {"main": ["cerebras/zai-glm-4.7"], "fast": ["cerebras/zai-glm-4.7"]},
        aliases={"x": "cerebras/zai-glm-4.7", "y": "zai/nope"},
        extra_models=["zai/also-nope"],
    )
    assert [text.split(":")[0] for text in problems] == [
        "warning models.main[0]",
        "error extra_models[0]",
        "error aliases.y",
    ]


def test_facts_of_ones_own_settle_the_question() -> None:
    facts = {"cerebras/zai-glm-4.7": {"context_tokens": 64_000}}
    assert found({"main": ["cerebras/zai-glm-4.7"]}, model_facts=facts) == []
    facts = {"cerebras/acme": {"like": "zai/glm-5.1"}}
    assert found({"main": ["cerebras/acme"]}, model_facts=facts) == []


def test_a_model_of_another_provider_is_taken_with_a_warning() -> None:
    providers = {"openrouter": {"keys": ["O"]}}
    problems = found({"main": ["openrouter/z-ai/glm-4.7"]}, providers=providers)
    assert len(problems) == 1
    assert problems[0].startswith("warning models.main[0]: nothing is known about")
    facts = {"openrouter/z-ai/glm-4.7": {"context_tokens": 200_000}}
    models = {"main": ["openrouter/z-ai/glm-4.7"]}
    assert found(models, providers=providers, model_facts=facts) == []


@pytest.mark.parametrize("zai", [{"surface": "coding"}, {"plan": "coding-lite"}])
def test_a_model_outside_the_coding_plan_is_a_warning(zai: dict[str, str]) -> None:
    providers = {"zai": {"keys": ["Z"], **zai}}
    problems = found({"main": ["zai/glm-4.7", "zai/glm-4.5-air"]}, providers=providers)
    assert problems == [
        "warning models.main[1]: the coding plan does not list `zai/glm-4.5-air`; Z.ai answers 1113 or 1311 for such"
    ]


def test_a_cycle_is_told_once() -> None:
    problems = found({"main": ["a"], "a": ["b"], "b": ["main", "zai/glm-5"]})
    assert problems == ["error models.main[0]: the chain returns to itself: main, a, b, main"]


def test_a_cycle_that_does_not_come_back_here_is_told_where_it_is() -> None:
    problems = found({"main": ["a"], "a": ["a"]})
    assert problems == [
        "error models.main[0]: `a` is a role; a chain names `provider/model`, here `a`",
        "error models.a[0]: the chain returns to itself: a, a",
    ]


def test_a_good_member_is_told_from_a_bad_one() -> None:
    findings = Findings("f")
    assert check_member("zai/x", ("a",), settings_with(), findings)
    assert not check_member("x", ("a",), settings_with(), findings)
    assert len(findings.problems) == 1
