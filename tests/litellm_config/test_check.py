import pytest

from litellm_config.catalog import read_catalog
from litellm_config.check import check, needed_variables
from litellm_config.yaml_text import YamlSource, read_yaml
from tests.litellm_config.builders import settings_with

CATALOG = read_catalog()
GOOD = {"main": ["zai/glm-4.7"], "fast": ["cerebras/gpt-oss-120b"]}


def test_good_settings_have_no_problem() -> None:
    assert check(settings_with(models=GOOD), CATALOG) == []


def test_all_checks_run_and_lines_come_from_the_source() -> None:
    source = read_yaml("models:\n  main: []\nrouts: 1\nlitellm:\n  model_list: {}\n", "mine.yaml")
    assert isinstance(source, YamlSource)
    settings = settings_with(
        models={"main": []},
        aliases={"x": "y"},
        litellm={"model_list": {}},
        providers={"zia": {}, "zai": {"keys": ["Z"]}, "cerebras": {"keys": ["C"]}},
    )
    problems = check(settings, CATALOG, variables={}, source=source, file="mine.yaml")
    errors = [f"{p.line} {p.key}" for p in problems if p.severity == "error"]
    assert errors == [
        "1 providers.zia",
        "2 models.main",
        "1 aliases.x",
        "5 litellm.model_list",
        "1 providers.zai.keys[0]",
        "1 providers.cerebras.keys[0]",
        "None CCGLM_MASTER_KEY",
    ]


def test_keys_are_not_looked_up_without_variables() -> None:
    keys = {problem.key for problem in check(settings_with(), CATALOG)}
    assert "CCGLM_MASTER_KEY" not in keys


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_is_a_safe_place(host: str) -> None:
    assert check(settings_with(models=GOOD, server={"host": host}), CATALOG) == []


def test_exposure_is_a_warning() -> None:
    settings = settings_with(models=GOOD, server={"host": "0.0.0.0"}, logging={"content": True})
    assert [(p.severity, p.key) for p in check(settings, CATALOG)] == [
        ("warning", "server.host"),
        ("warning", "logging.content"),
    ]


def test_the_proxy_needs_its_keys_and_what_litellm_refers_to() -> None:
    settings = settings_with(litellm={"x": "os.environ/REDIS_URL", "y": "os.environ/ZAI_API_KEY"})
    assert needed_variables(settings) == ["CEREBRAS_API_KEY", "ZAI_API_KEY", "REDIS_URL"]
