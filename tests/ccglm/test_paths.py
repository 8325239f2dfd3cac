"""Where things live follows from the environment alone."""

from pathlib import Path

import pytest

from ccglm.paths import Paths, resolve_paths

APP = Path("/home/ada/.config/ccglm")
HOME = Path("/home/ada")


def resolved(environment: dict[str, str]) -> Paths:
    return resolve_paths(environment, app_dir=APP, home=HOME)


def test_settings_and_state_have_their_usual_places() -> None:
    paths = resolved({})
    assert paths == Paths(settings=APP / "ccglm.yaml", state=HOME / ".local/state/ccglm")
    assert paths.secrets == APP / ".env"
    assert paths.schema == APP / "ccglm.schema.json"


def test_ccglm_home_moves_both() -> None:
    paths = resolved({"CCGLM_HOME": "/srv/glm", "XDG_STATE_HOME": "/elsewhere"})
    assert paths == Paths(settings=Path("/srv/glm/ccglm.yaml"), state=Path("/srv/glm/state"))


def test_xdg_state_home_moves_the_state_alone() -> None:
    paths = resolved({"XDG_STATE_HOME": "/var/state"})
    assert paths == Paths(settings=APP / "ccglm.yaml", state=Path("/var/state/ccglm"))


def test_an_empty_variable_counts_as_unset() -> None:
    assert resolved({"CCGLM_HOME": "", "XDG_STATE_HOME": ""}) == resolved({})


def test_a_named_settings_file_wins_and_keeps_the_state() -> None:
    paths = resolved({"CCGLM_HOME": "/srv/glm"}).with_settings(Path("/work/my.yaml"))
    assert paths == Paths(settings=Path("/work/my.yaml"), state=Path("/srv/glm/state"))
    assert paths.secrets == Path("/work/.env")


def test_a_relative_folder_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolved({"CCGLM_HOME": "here"}).settings == tmp_path / "here" / "ccglm.yaml"


def test_everything_generated_lies_in_the_state_folder() -> None:
    paths = resolved({"CCGLM_HOME": "/srv/glm"})
    state = Path("/srv/glm/state")
    assert paths.proxy_config == state / "litellm.yaml"
    assert paths.hook_settings == state / "hooks.json"
    assert paths.run_record == state / "run.json"
    assert paths.usage_db == state / "usage.db"
    assert paths.proxy_log == state / "logs" / "proxy.log"
