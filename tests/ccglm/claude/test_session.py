from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ccglm.claude.session import Session, run_session
from ccglm.context import AppContext
from ccglm.errors import PrerequisiteError, ProxyUnavailable
from tests.helpers.ccglm_home import MASTER_KEY, write_home

_CLIENT = """
import json, os, pathlib, sys
settings = json.loads(pathlib.Path(sys.argv[2]).read_text())
report = {"arguments": sys.argv, "environment": dict(os.environ), "settings": settings}
pathlib.Path(os.environ["REPORT"]).write_text(json.dumps(report))
raise SystemExit(3)
"""


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the client that reports how it was started and exits with 3."""
    program = tmp_path / "bin" / "claude"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{_CLIENT}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("REPORT", str(tmp_path / "report.json"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-the-users-own")
    monkeypatch.setenv("CCGLM_HOME", str(write_home(tmp_path / "ccglm")))
    monkeypatch.chdir(tmp_path)
    return program


def _report(tmp_path: Path) -> dict[str, dict[str, str]]:
    return json.loads((tmp_path / "report.json").read_text())


def _nothing() -> None:
    """The proxy is taken to run."""


def test_the_client_gets_the_profile_its_arguments_and_gives_its_exit_code(
    client: Path, tmp_path: Path
) -> None:
    app = AppContext.from_process()
    session = Session(["-p", "hi", "--settings", '{"model": "opus"}'])
    assert run_session(app, session, have_proxy=_nothing) == 3
    report = _report(tmp_path)
    environment, settings = report["environment"], report["settings"]
    assert report["arguments"][3:] == ["-p", "hi"]  # pyright: ignore[reportArgumentType]
    assert environment["ANTHROPIC_AUTH_TOKEN"] == MASTER_KEY
    assert "ANTHROPIC_API_KEY" not in environment
    assert "CLAUDE_CONFIG_DIR" not in environment
    assert settings["model"] == "opus"
    assert settings["env"]["ANTHROPIC_AUTH_TOKEN"] == MASTER_KEY  # pyright: ignore[reportArgumentType]
    assert not any(MASTER_KEY in argument for argument in report["arguments"])
    assert list((tmp_path / "ccglm" / "state").iterdir()) == [], "nothing is left behind"


def test_an_isolated_client_has_a_configuration_folder_of_its_own(
    client: Path, tmp_path: Path
) -> None:
    app = AppContext.from_process()
    run_session(app, Session([], client, isolated=True), have_proxy=_nothing)
    folder = Path(_report(tmp_path)["environment"]["CLAUDE_CONFIG_DIR"])
    assert folder == tmp_path / "ccglm" / "state" / "claude-home"
    state = json.loads((folder / ".claude.json").read_text())
    assert str(tmp_path) in state["projects"]


def test_no_proxy_is_started_for_a_client_that_is_not_there(client: Path, tmp_path: Path) -> None:
    client.unlink()
    with pytest.raises(PrerequisiteError, match="not installed"):
        run_session(AppContext.from_process(), Session([]), have_proxy=pytest.fail)


def test_without_a_proxy_the_client_is_not_started(client: Path, tmp_path: Path) -> None:
    def refuse() -> None:
        raise ProxyUnavailable("it did not start")

    with pytest.raises(ProxyUnavailable):
        run_session(AppContext.from_process(), Session([]), have_proxy=refuse)
    assert not (tmp_path / "report.json").exists()
