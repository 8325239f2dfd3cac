from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.claude.source import direct_profile, proxy_profile
from ccglm.context import AppContext
from ccglm.errors import PrerequisiteError, SettingsError
from ccglm.proxy.prepare import prepare
from ccglm.proxy.run_record import RunRecord, write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from tests.helpers.ccglm_home import MASTER_KEY, write_home
from tests.helpers.launches import a_launch


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def running(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunRecord]:
    """A proxy that was started from another folder's settings, as a demo is."""
    other = write_home(
        tmp_path_factory.mktemp("other"),
        models={"main": ["zai/glm-4.5-air"]},
        aliases={"*": "main"},
    )
    proxy = start_proxy(a_launch(home), stop=StopRequest())
    record = replace(
        proxy.record, settings_path=str(other / "ccglm.yaml"), state_path=str(other / "state")
    )
    write_run_record(home / "state" / "run.json", record)
    prepared = prepare(record.paths, {})
    record.paths.state.mkdir()
    record.paths.hook_settings.write_text(prepared.hooks.to_json())
    try:
        yield record
    finally:
        proxy.stop()


def test_without_a_running_proxy_the_settings_say_where_it_will_be(home: Path) -> None:
    write_home(home, server={"host": "0.0.0.0", "port": 4321})
    sourced = proxy_profile(AppContext.from_process())
    environment = sourced.profile.environment()
    assert environment["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:4321"
    assert environment["ANTHROPIC_AUTH_TOKEN"] == MASTER_KEY
    assert environment["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "131072"
    assert not sourced.reachable


def test_wrong_settings_are_reported(home: Path) -> None:
    with pytest.raises(SettingsError, match="no settings"):
        proxy_profile(AppContext.from_process())
    write_home(home, models={"main": ["nobody/glm"]})
    with pytest.raises(SettingsError):
        proxy_profile(AppContext.from_process())


def test_a_running_proxy_says_what_it_serves_whatever_the_settings_say_now(
    home: Path, running: RunRecord
) -> None:
    write_home(home)
    sourced = proxy_profile(AppContext.from_process())
    environment = sourced.profile.environment()
    assert environment["ANTHROPIC_BASE_URL"] == running.address
    assert environment["ANTHROPIC_DEFAULT_OPUS_MODEL_NAME"] == "GLM 4.5 Air"
    assert sourced.reachable


def test_a_running_proxy_whose_token_is_gone_is_reported(home: Path, running: RunRecord) -> None:
    running.paths.secrets.unlink()
    with pytest.raises(PrerequisiteError, match="token"):
        proxy_profile(AppContext.from_process())


def test_direct_needs_no_settings_only_the_key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PrerequisiteError, match="ZAI_API_KEY"):
        direct_profile(AppContext.from_process())
    monkeypatch.setenv("ZAI_API_KEY", "zk-1")
    environment = direct_profile(AppContext.from_process()).profile.environment()
    assert environment["ANTHROPIC_BASE_URL"] == "https://api.z.ai/api/anthropic"


def test_direct_follows_the_settings_where_there_are_any(home: Path) -> None:
    write_home(home)
    profile = direct_profile(AppContext.from_process(), keeps_all_tools=True).profile
    environment = profile.environment()
    assert environment["ANTHROPIC_MODEL"] == "glm-4.7"
    assert environment["ANTHROPIC_AUTH_TOKEN"] == "zai-test-key-0001"
    assert ("permissions", "deny") in {setting.path for setting in profile.settings}
