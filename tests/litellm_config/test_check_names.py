from typing import Any

import pytest

from litellm_config.catalog import read_catalog
from litellm_config.check_names import check_names
from litellm_config.findings import Findings
from tests.litellm_config.builders import settings_with


def found(**changes: Any) -> list[str]:
    findings = Findings("f")
    check_names(settings_with(**changes), read_catalog(), findings)
    return [f"{p.severity} {p.key}: {p.message}" for p in findings.problems]


def test_names_that_lead_somewhere_have_no_problem() -> None:
    problems = found(
        aliases={"opus": "main", "gpt-*": "fast", "big": "zai/glm-5.3", "main": "main"},
        routes={
            "background": "fast",
            "long_context": {"above_tokens": 60_000, "to": "main"},
            "image": "zai/glm-5.3-flash",
            "web_search": "zai",
            "custom": "rules/mine.py:choose",
        },
        prompt={"per_model": {"fast": "none", "zai/glm-4.7": "x"}},
        reasoning_injection={"models": ["zai/glm-4.5-air"]},
        model_facts={"cerebras/acme": {"like": "zai/glm-5.3"}},
    )
    assert problems == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aliases": {"opus": "mian"}}, "error aliases.opus: nobody defines the role `mian` under `models`, did you mean `main`?"),
        ({"aliases": {"opus": "zia/glm-4.7"}}, "error aliases.opus: provider `zia` is not set up"),
        ({"aliases": {"fast": "main"}}, "error aliases.fast: hides the role `fast`"),
        ({"aliases": {"a": "b", "b": "main"}}, "error aliases.a: `b` is an alias itself; name its target `main`"),
        ({"aliases": {"a": "b", "b": "c", "c": "a"}}, "error aliases.a: the alias returns to itself: a, b, c, a"),
        ({"aliases": {"a": "a"}}, "error aliases.a: the alias returns to itself: a, a"),
        ({"aliases": {"*": "*"}}, "error aliases.*: nobody defines the role `*`"),
        ({"routes": {"background": "quick"}}, "error routes.background: nobody defines the role `quick`"),
        ({"routes": {"image": "main"}}, "error routes.image: a dead end: no model of `main` reads images"),
        ({"routes": {"image": "zai/glm-4.7"}}, "error routes.image: a dead end: no model of `zai/glm-4.7` reads images"),
        ({"routes": {"long_context": {"above_tokens": 300_000, "to": "main"}}}, "error routes.long_context.to: a dead end: no model of `main` holds more than 300,000 tokens"),
        ({"routes": {"long_context": {"above_tokens": 1, "to": "huge"}}}, "error routes.long_context.to: nobody defines the role `huge`"),
        ({"routes": {"web_search": "zai"}, "providers": {"cerebras": {"keys": ["C"]}}}, "error routes.web_search: provider `zai` is not set up"),
        ({"routes": {"web_search": "zai"}, "providers": {"cerebras": {"keys": ["C"]}, "zai": {"keys": ["Z"], "surface": "coding"}}}, "error routes.web_search: only Z.ai's `surface: anthropic` takes"),
        ({"routes": {"web_search": "zai"}, "models": {"main": ["cerebras/gpt-oss-120b"]}}, "error routes.web_search: a dead end: no model of `zai` is in a chain"),
        ({"routes": {"custom": "mine"}}, "error routes.custom: must be written `file.py:function`"),
        ({"prompt": {"per_model": {"slow": "x"}}}, "error prompt.per_model.slow: nobody defines the role `slow`"),
        ({"reasoning_injection": {"models": ["zai,glm-4.7"]}}, "error reasoning_injection.models[0]: `zai,glm-4.7` is not written `provider/model`, did you mean `zai/glm-4.7`?"),
        ({"model_facts": {"glm": {}}}, "error model_facts.glm: `glm` is not written `provider/model`"),
        ({"model_facts": {"zai/x": {"like": "zai/glm-4,7"}}}, "error model_facts.zai/x.like: the catalogue has no `zai/glm-4,7`, did you mean `zai/glm-4.7`?"),
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_an_error(changes: dict[str, Any], message: str) -> None:
    assert any(text.startswith(message) for text in found(**changes)), found(**changes)
