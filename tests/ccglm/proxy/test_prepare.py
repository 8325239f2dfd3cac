"""Settings are read, checked and turned into what the proxy is started with, or every problem is told."""

from pathlib import Path

import pytest

from ccglm.errors import CcglmError, PrerequisiteError, SettingsError
from ccglm.proxy.prepare import prepare
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY, a_home, settings_with


def test_good_settings_are_built(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    prepared = prepare(home.paths, {})
    assert prepared.hooks.chains["main"] == ("cerebras/gpt-oss-120b", "zai/glm-4.7")
    assert prepared.hooks.usage_db_path == str(home.paths.usage_db)
    assert prepared.master_key == MASTER_KEY
    assert set(prepared.needed) == {"CEREBRAS_API_KEY", "ZAI_API_KEY", "CCGLM_MASTER_KEY"}
    assert "os.environ/CEREBRAS_API_KEY" in prepared.config_text
    assert CEREBRAS_KEY not in prepared.config_text
    assert not home.paths.state.exists()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    environment = {
        "CCGLM_MASTER_KEY": "sk-ccglm-from-the-environment-1",
        "CEREBRAS_API_BASE": "http://127.0.0.1:9/v1",
    }
    prepared = prepare(home.paths, environment)
    assert prepared.master_key == "sk-ccglm-from-the-environment-1"
    assert "http://127.0.0.1:9/v1" in prepared.config_text


def failing(tmp_path: Path, text: str | None = None, dotenv: str | None = None) -> CcglmError:
    home = a_home(tmp_path)
    if text is not None:
        home.paths.settings.write_text(text)
    if dotenv is not None:
        home.paths.secrets.write_text(dotenv)
    with pytest.raises(CcglmError) as caught:
        prepare(home.paths, {})
    return caught.value


def test_no_settings_says_how_to_get_some(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    home.paths.settings.unlink()
    with pytest.raises(SettingsError, match="there are no settings at") as caught:
        prepare(home.paths, {})
    assert "ccglm init" in str(caught.value.hint)


def test_broken_yaml_has_its_line(tmp_path: Path) -> None:
    error = failing(tmp_path, "providers:\n  cerebras: {keys: [A\nmodels: x\n")
    assert isinstance(error, SettingsError)
    assert error.problems[0].line in (2, 3)


def test_an_unknown_key_has_its_line_and_a_suggestion(tmp_path: Path) -> None:
    good = a_home(tmp_path).paths.settings.read_text()
    error = failing(tmp_path, good + "temperatur: {cap: 1}\n")
    assert isinstance(error, SettingsError)
    (problem,) = [p for p in error.problems if p.severity == "error"]
    assert problem.line == len(good.splitlines()) + 1
    assert problem.key == "temperatur"
    assert "did you mean `temperature`" in problem.message


@pytest.mark.parametrize(
    ("dotenv", "kind", "message"),
    [
        (f"CEREBRAS_API_KEY=a-key-of-cerebras\nCCGLM_MASTER_KEY={MASTER_KEY}", PrerequisiteError, "a key is missing"),
        (f"CCGLM_MASTER_KEY={MASTER_KEY}", PrerequisiteError, "2 keys are missing"),
        ("", PrerequisiteError, "2 keys are missing"),
        ("CEREBRAS_API_KEY=a-key-of-cerebras\nZAI_API_KEY=a-key-of-zai", SettingsError, "1 problem in"),
        ("CEREBRAS_API_KEY=a-key-of-cerebras\nZAI_API_KEY=b\nCCGLM_MASTER_KEY=sk-1234", SettingsError, "1 problem in"),
    ],
)  # fmt: skip
def test_a_missing_key_is_something_to_do_first(
    dotenv: str, kind: type[CcglmError], message: str, tmp_path: Path
) -> None:
    error = failing(tmp_path, dotenv=dotenv)
    assert type(error) is kind
    assert error.message.startswith(message)
    assert str(tmp_path) in error.message + str(error.hint)


def test_a_missing_key_beside_other_mistakes_is_one_of_them(tmp_path: Path) -> None:
    import yaml

    text = yaml.safe_dump(settings_with(models={"main": ["cerebras/no-such-model"]}))
    error = failing(tmp_path, text, dotenv=f"CCGLM_MASTER_KEY={MASTER_KEY}")
    assert isinstance(error, SettingsError)
    assert len(error.problems) >= 3
