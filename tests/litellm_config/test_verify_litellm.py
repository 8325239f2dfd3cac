from pathlib import Path
from typing import Any

import pytest
import yaml

from litellm_config.build import build
from litellm_config.catalog import read_catalog
from litellm_config.render import render
from litellm_config.verify_litellm import verify
from tests.litellm_config.builders import settings_with


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "litellm.yaml"
    path.write_text(render(build(settings_with(**changes), read_catalog()), source="ccglm.yaml"))
    return path


def test_litellm_takes_everything_that_is_generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CEREBRAS_API_KEY", "SECOND", "ZAI_API_KEY", "OPENROUTER_API_KEY"):
        monkeypatch.setenv(name, f"key-of-{name}")
    path = written(
        tmp_path,
        providers={
            "cerebras": {"keys": ["CEREBRAS_API_KEY", "SECOND"], "weights": {"SECOND": 2}},
            "zai": {"keys": ["ZAI_API_KEY"], "surface": "coding", "concurrency": 3},
            "openrouter": {"keys": ["OPENROUTER_API_KEY"]},
        },
        models={
            "main": ["cerebras/zai-glm-4.7", "zai/glm-4.7", "openrouter/z-ai/glm-4.7"],
            "fast": ["zai/glm-4.5-air"],
        },
        limits={"strategy": "weighted"},
    )
    assert verify(path) == []


def test_keys_that_are_not_set_are_no_problem(tmp_path: Path) -> None:
    assert verify(written(tmp_path)) == []


def test_names_that_litellm_does_not_know_are_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        litellm={"router_settings": {"cooldown_tme": 1}, "litellm_settings": {"drop_param": True}},
    )
    assert [f"{p.severity} {p.key}: {p.message}" for p in verify(path)] == [
        "warning litellm_settings.drop_param: the installed LiteLLM has no such setting, did you mean `drop_params`?",
        "warning router_settings.cooldown_tme: the installed LiteLLM has no such setting, did you mean `cooldown_time`?",
    ]


def test_a_fallback_to_nowhere_is_told(tmp_path: Path) -> None:
    litellm = {"router_settings": {"fallbacks": [{"main": ["nobody"]}]}}
    assert [problem.message for problem in verify(written(tmp_path, litellm=litellm))] == [
        "there is no group `nobody`"
    ]


def test_what_litellm_refuses_is_told_in_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, litellm={"router_settings": {"routing_strategy": "by-moonlight"}})
    problems = verify(path)
    assert len(problems) == 1
    assert problems[0].message.startswith("LiteLLM refuses it: ")
    assert "\n" not in problems[0].message


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "litellm.yaml"
    path.write_text("model_list: [\n")
    assert "not valid YAML" in verify(path)[0].message


def test_an_empty_list_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "litellm.yaml"
    path.write_text(yaml.safe_dump({"model_list": []}))
    assert verify(path) == []
