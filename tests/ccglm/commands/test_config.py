"""`ccglm config` shows what the settings become and what they may hold."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ccglm.cli import app
from litellm_config.render import is_hand_edited
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY, Home, a_home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return a_home(tmp_path)


def test_the_config_is_printed_as_it_would_be_written(home: Home) -> None:
    result = CliRunner().invoke(app, ["config", "show"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert not is_hand_edited(result.stdout)
    assert yaml.safe_load(result.stdout)["model_list"][0]["model_name"] == "main"
    assert CEREBRAS_KEY not in result.stdout
    assert MASTER_KEY not in result.stdout
    assert not home.paths.state.exists()


def test_programs_get_the_same_as_json(home: Home) -> None:
    text = CliRunner().invoke(app, ["config", "show"]).stdout
    document = json.loads(CliRunner().invoke(app, ["config", "show", "--json"]).stdout)
    assert document.pop("ok") is True
    assert document == yaml.safe_load(text)


def test_wrong_settings_are_told(home: Home) -> None:
    home.paths.settings.write_text("models: [\n")
    assert CliRunner().invoke(app, ["config", "show"]).exit_code == 3


def test_the_schema_needs_no_settings(home: Home) -> None:
    home.paths.settings.unlink()
    result = CliRunner().invoke(app, ["config", "schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["properties"]["providers"]["description"]


def test_a_group_alone_shows_its_commands(home: Home) -> None:
    result = CliRunner().invoke(app, ["config"])
    assert result.exit_code == 2
    assert "schema" in result.stdout + result.stderr


def test_who_would_serve_is_explained(home: Home) -> None:
    result = CliRunner().invoke(app, ["config", "explain", "opus", "--tokens", "150000"])
    assert result.exit_code == 0
    assert "passed over" in result.stdout
    told = json.loads(CliRunner().invoke(app, ["config", "explain", "opus", "--json"]).stdout)
    assert told["group"] == "main"
    assert CliRunner().invoke(app, ["config", "explain", "zai/unknown"]).exit_code == 3
