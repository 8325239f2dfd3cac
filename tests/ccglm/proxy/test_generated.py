"""The generated files are written together, and a hand edit is never lost."""

import json
import stat
from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError
from ccglm.proxy.generated import plan_generated, read_chains, write_generated
from ccglm.proxy.prepare import prepare
from litellm_config.hook_settings import read_hook_settings
from tests.helpers.homes import a_home


def test_both_files_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    prepared = prepare(home.paths, {})
    assert write_generated(prepared, home.paths) == []
    assert home.paths.proxy_config.read_text() == prepared.config_text
    assert read_hook_settings(home.paths.hook_settings) == prepared.hooks
    for path in (home.paths.proxy_config, home.paths.hook_settings):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert home.cerebras_key not in path.read_text()
        assert home.master_key not in path.read_text()
    assert not any(write.changes for write in plan_generated(prepared, home.paths))


def test_a_config_edited_by_hand_is_kept(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    prepared = prepare(home.paths, {})
    write_generated(prepared, home.paths)
    edited = home.paths.proxy_config.read_text() + "mine: 1\n"
    home.paths.proxy_config.write_text(edited)
    (note,) = write_generated(prepared, home.paths)
    assert "litellm.yaml.bak" in note
    assert home.paths.proxy_config.with_name("litellm.yaml.bak").read_text() == edited
    assert home.paths.proxy_config.read_text() == prepared.config_text


def test_a_state_folder_that_takes_nothing_is_reported(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    prepared = prepare(home.paths, {})
    home.paths.state.write_text("a file in its place")
    with pytest.raises(PrerequisiteError, match="cannot write"):
        write_generated(prepared, home.paths)


def test_the_chains_are_read_back(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    write_generated(prepare(home.paths, {}), home.paths)
    assert read_chains(home.paths.hook_settings)["main"] == ["cerebras/gpt-oss-120b", "zai/glm-4.7"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"chains": 3}', '{"chains": {"main": 1}}'])
def test_a_broken_file_has_no_chains(text: str, tmp_path: Path) -> None:
    (tmp_path / "hooks.json").write_text(text)
    assert read_chains(tmp_path / "hooks.json") == {}
    assert read_chains(tmp_path / "none.json") == {}
    (tmp_path / "one.json").write_text(json.dumps({"chains": {"main": ["a/b"]}}))
    assert read_chains(tmp_path / "one.json") == {"main": ["a/b"]}
