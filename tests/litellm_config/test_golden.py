"""Every folder in tests/golden/config is one case: settings in, LiteLLM configuration or problems out.

A case holds `ccglm.yaml`, optionally `environment` (NAME=VALUE lines that replace the default keys;
an empty value takes one away), and what is expected: `problems.txt` (errors and warnings, may be
absent), `litellm.yaml` (absent where there is an error), and optionally `hooks.json`.
`UPDATE_GOLDEN=1 pytest tests/litellm_config/test_golden.py` rewrites what is expected.
"""

import os
from pathlib import Path

import pytest
import yaml

from litellm_config.build import build, build_hook_settings
from litellm_config.catalog import read_catalog
from litellm_config.hook_settings import read_hook_settings
from litellm_config.load import Loaded, load_settings
from litellm_config.render import is_hand_edited, render

CASES = Path(__file__).resolve().parent.parent / "golden" / "config"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
CATALOG = read_catalog()
SECRETS = {
    "CEREBRAS_API_KEY": "csk-golden-secret-1",
    "ZAI_API_KEY": "zai-golden-secret-2",
    "CCGLM_MASTER_KEY": "sk-ccglm-golden-0123456789abcdef",
}


def environment_of(case: Path) -> dict[str, str]:
    variables = dict(SECRETS)
    path = case / "environment"
    if path.exists():
        lines = path.read_text(encoding="utf-8").splitlines()
        variables |= dict(line.split("=", 1) for line in lines if line)
    return {name: value for name, value in variables.items() if value}


def loaded_case(case: Path) -> Loaded:
    return load_settings(case / "ccglm.yaml", environment_of(case), {})


def expect(path: Path, text: str | None) -> None:
    """Compare with the file; no text means that there is no file."""
    if UPDATE and text is not None:
        path.write_text(text, encoding="utf-8")
    elif UPDATE:
        path.unlink(missing_ok=True)
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == text


@pytest.mark.parametrize("name", NAMES)
def test_the_case_gives_what_is_expected(name: str) -> None:
    case = CASES / name
    result = loaded_case(case)
    lines = [f"{problem.severity}: {problem}\n" for problem in result.problems]
    expect(case / "problems.txt", "".join(lines) or None)
    config = None
    if result.settings is not None:
        config = render(build(result.settings, CATALOG), source="ccglm.yaml")
    expect(case / "litellm.yaml", config)
    if (case / "hooks.json").exists():
        assert result.settings is not None
        hooks = build_hook_settings(result.settings, CATALOG, usage_db_path="usage.db").to_json()
        expect(case / "hooks.json", hooks.replace(str(case), "<folder>"))


def test_there_are_cases_of_both_kinds() -> None:
    good = [name for name in NAMES if (CASES / name / "litellm.yaml").exists()]
    assert len(NAMES) >= 35
    assert len(good) >= 15
    assert len(NAMES) - len(good) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_no_expected_text_holds_a_secret(name: str) -> None:
    secrets = [v for n, v in environment_of(CASES / name).items() if "KEY" in n and len(v) > 8]
    for path in (CASES / name).glob("[lph]*"):
        text = path.read_text(encoding="utf-8")
        assert not [secret for secret in secrets if secret in text], path


@pytest.mark.parametrize(
    "name", [name for name in NAMES if (CASES / name / "litellm.yaml").exists()]
)
def test_an_expected_configuration_is_whole(name: str) -> None:
    text = (CASES / name / "litellm.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    assert not is_hand_edited(text)
    groups = {entry["model_name"] for entry in config["model_list"]}
    router = config["router_settings"]
    targets = {t for entry in router["fallbacks"] for chain in entry.values() for t in chain}
    assert targets | set(router["model_group_alias"].values()) <= groups
    keys = [entry["litellm_params"].get("api_key", "os.environ/") for entry in config["model_list"]]
    assert all(key.startswith("os.environ/") for key in keys)
    assert config["general_settings"]["master_key"] == "os.environ/CCGLM_MASTER_KEY"


def test_expected_hook_settings_are_readable() -> None:
    paths = [path for path in CASES.glob("*/hooks.json") if "<folder>" not in path.read_text()]
    assert len(paths) >= 2
    assert all(read_hook_settings(path).chains for path in paths)
