"""What providers list is compared with what the chains use."""

from pathlib import Path

from ccglm.proxy.prepare import prepare
from ccglm.setup.online import judge, targets_of
from ccglm.setup.probe import ProbeAnswer
from litellm_config.settings import Settings
from tests.helpers.homes import CEREBRAS_KEY, ZAI_KEY, a_home, settings_with

SETTINGS = Settings.model_validate(settings_with())


def answer(provider: str, *models: str) -> ProbeAnswer:
    return ProbeAnswer(provider, f"{provider.upper()}_API_KEY", frozenset(models))


def test_every_key_of_every_provider_is_asked(tmp_path: Path) -> None:
    prepared = prepare(a_home(tmp_path).paths, {})
    targets = targets_of(prepared.settings, prepared.variables)
    assert [(t.provider, t.key_name, t.key) for t in targets] == [
        ("cerebras", "CEREBRAS_API_KEY", CEREBRAS_KEY),
        ("zai", "ZAI_API_KEY", ZAI_KEY),
    ]


def test_listed_models_are_no_problem() -> None:
    found = judge(
        SETTINGS, [answer("cerebras", "gpt-oss-120b"), answer("zai", "glm-4.7", "glm-4.5-air")]
    )
    assert found.problems == []
    assert found.keys_refused == []


def test_an_unlisted_model_is_a_warning_that_names_what_there_is() -> None:
    found = judge(SETTINGS, [answer("cerebras", "qwen"), answer("zai", "glm-4.7", "glm-4.5-air")])
    (problem,) = found.problems
    assert problem.key == "models.main[0]"
    assert problem.severity == "warning"
    assert "`qwen`" in problem.message


def test_a_refused_key_is_an_error_and_silence_a_warning() -> None:
    refused = ProbeAnswer("zai", "ZAI_API_KEY", None, "zai refuses the key", key_refused=True)
    silent = ProbeAnswer("cerebras", "CEREBRAS_API_KEY", None, "cerebras did not answer")
    found = judge(SETTINGS, [silent, refused])
    assert [(p.key, p.severity) for p in found.problems] == [
        ("CEREBRAS_API_KEY", "warning"),
        ("ZAI_API_KEY", "error"),
    ]
    assert found.keys_refused == ["ZAI_API_KEY"]
