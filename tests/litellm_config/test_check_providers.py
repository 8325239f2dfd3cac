from typing import Any

import pytest

from litellm_config.catalog import read_catalog
from litellm_config.check_providers import check_keys, check_providers
from litellm_config.findings import Findings
from tests.litellm_config.builders import settings_with

CATALOG = read_catalog()
GOOD = {"C": "csk-abcdefgh", "Z": "zai-abcdefgh", "CCGLM_MASTER_KEY": "sk-" + "0123456789abcdef"}
PLAIN = {"cerebras": {"keys": ["C"]}, "zai": {"keys": ["Z"]}}


def found(providers: dict[str, Any], **changes: Any) -> list[str]:
    findings = Findings("f")
    check_providers(settings_with(providers=providers, **changes), CATALOG, findings)
    return [f"{p.severity} {p.key}: {p.message}" for p in findings.problems]


def keys(variables: dict[str, str], providers: dict[str, Any] = PLAIN) -> list[str]:
    findings = Findings("f")
    check_keys(settings_with(providers=providers), variables, ".env", findings)
    return [f"{p.severity} {p.file} {p.key}: {p.message}" for p in findings.problems]


def test_good_providers_have_no_problem() -> None:
    assert found(PLAIN) == []
    assert keys(GOOD) == []


@pytest.mark.parametrize(
    ("providers", "message"),
    [
        ({"zia": {"keys": ["Z"]}}, "error providers.zia: LiteLLM knows no provider `zia`, did you mean `zai`?"),
        ({"cerebras": {"keys": []}}, "error providers.cerebras.keys: name the variable that holds the key: `keys: [CEREBRAS_API_KEY]`"),
        ({"zai": {"keys": ["Z", "Z"]}}, "error providers.zai.keys[1]: `Z` is listed twice"),
        ({"zai": {"keys": ["CCGLM_MASTER_KEY"]}}, "error providers.zai.keys[0]: `CCGLM_MASTER_KEY` is the proxy's own key"),
        ({"cerebras": {"keys": ["C"], "surface": "openai"}}, "error providers.cerebras.surface: only `zai` has surfaces"),
        ({"zai": {"keys": ["Z"], "plan": "coding-mx"}}, "error providers.zai.plan: unknown plan `coding-mx`, did you mean `coding-max`?"),
        ({"zai": {"keys": ["Z"], "plan": "9"}}, "unknown plan `9`; known are `pay-as-you-go`, `coding-lite`"),
        ({"openrouter": {"plan": "x"}}, "error providers.openrouter.plan: unknown plan `x`; no plans of `openrouter` are known"),
        ({"openrouter": {}}, "warning providers.openrouter: no chain uses this provider"),
        ({"zai": {"keys": ["Z"], "weights": {"Y": 2}}}, "error providers.zai.weights.Y: is not one of the provider's `keys`"),
        ({"zai": {"keys": ["Z"], "weights": {"Z": 2}}}, "warning providers.zai.weights: has no effect unless"),
        ({"zai": {"keys": ["Z"], "base_url": "api.z.ai"}}, "error providers.zai.base_url: must be an address such as"),
        ({"zai": {"keys": ["Z"], "base_url": "https://h/x?key=1"}}, "without a query"),
        ({"zai": {"keys": ["Z"], "base_url": "https://me:pw@h/x"}}, "error providers.zai.base_url: holds a user name or password"),
    ],
)  # fmt: skip
def test_a_wrong_provider_is_explained(providers: dict[str, Any], message: str) -> None:
    assert any(message in text for text in found({**PLAIN, **providers}))


def test_weights_are_fine_with_their_strategy() -> None:
    providers = {**PLAIN, "zai": {"keys": ["Z"], "weights": {"Z": 2}}}
    assert found(providers, limits={"strategy": "weighted"}) == []


def test_a_pasted_key_is_refused_and_not_shown() -> None:
    problems = found({**PLAIN, "zai": {"keys": ["sk-secret.value"]}})
    assert any("not the name of a variable" in text for text in problems)
    assert "sk-secret.value" not in str(problems)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"C": ""}, "error f providers.cerebras.keys[0]: the variable `C` is not set"),
        ({"C": "   "}, "error f providers.cerebras.keys[0]: the variable `C` is not set"),
        (
            {"Z": "two words"},
            "error f providers.zai.keys[0]: the value of `Z` contains white space",
        ),
        ({"Z": "ключ-ключ"}, "error f providers.zai.keys[0]: the value of `Z` has characters"),
        (
            {"CCGLM_MASTER_KEY": "sk-1234"},
            "error .env CCGLM_MASTER_KEY: is a publicly known example",
        ),
        ({"CCGLM_MASTER_KEY": ""}, "error .env CCGLM_MASTER_KEY: is empty; `ccglm init` writes"),
    ],
)
def test_a_wrong_key_is_explained(variables: dict[str, str], message: str) -> None:
    problems = keys({**GOOD, **variables})
    assert len(problems) == 1
    assert problems[0].startswith(message)


def test_a_missing_master_key_is_a_problem() -> None:
    assert keys({"C": "csk-abcdefgh", "Z": "zai-abcdefgh"}) == [
        "error .env CCGLM_MASTER_KEY: is not set; `ccglm init` writes a random one"
    ]


def test_the_same_key_twice_is_a_warning() -> None:
    providers = {**PLAIN, "zai": {"keys": ["Z", "Z2"]}}
    assert keys({**GOOD, "Z2": GOOD["Z"]}, providers) == [
        "warning .env Z: `Z`, `Z2` hold the same key and share one quota"
    ]
