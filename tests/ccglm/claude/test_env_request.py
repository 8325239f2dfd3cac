from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ccglm.claude.env_request import Direct, EnvRequest, claude_env_answer
from ccglm.claude.scopes import Scope
from ccglm.console import Output
from ccglm.context import AppContext
from ccglm.paths import resolve_paths
from ccglm.shells import Shell
from tests.helpers.ccglm_home import MASTER_KEY, write_home


@dataclass
class Desk:
    """A run of the command line whose words are kept."""

    app: AppContext
    stdout: io.StringIO
    stderr: io.StringIO
    work: Path

    def ask(self, *, as_json: bool = False, scope: Scope = Scope.USER, **options: object) -> str:
        """Ask and return the answer."""
        self.stdout.truncate(0)
        self.stdout.seek(0)
        request = EnvRequest(scope=scope, working_folder=self.work, **options)  # pyright: ignore[reportArgumentType]
        claude_env_answer(self.app, request, as_json=as_json)
        return self.stdout.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    environment = {
        "CCGLM_HOME": str(write_home(tmp_path / "ccglm")),
        "HOME": str(tmp_path / "home"),
        "SHELL": "/usr/bin/fish",
    }
    paths = resolve_paths(environment, app_dir=tmp_path / "app", home=tmp_path / "home")
    stdout, stderr = io.StringIO(), io.StringIO()
    output = Output(stdout=stdout, stderr=stderr, environment=environment)
    (tmp_path / "work").mkdir()
    return Desk(AppContext(environment, paths, output), stdout, stderr, tmp_path / "work")


def test_code_is_printed_for_the_shell_of_the_environment_or_the_one_asked_for(desk: Desk) -> None:
    assert desk.ask(prints=True).startswith("set -gx ANTHROPIC_BASE_URL 'http://127.0.0.1:4000';\n")
    assert desk.ask(prints=True, shell=Shell.SH).startswith("export ANTHROPIC_BASE_URL=")
    assert desk.stderr.getvalue().count("the proxy is not running") == 2


def test_a_direct_client_needs_no_proxy(desk: Desk) -> None:
    assert "https://api.z.ai/api/anthropic" in desk.ask(prints=True, direct=Direct.ZAI)
    assert desk.stderr.getvalue() == ""
    assert "ccglm up" not in desk.ask(direct=Direct.ZAI)


def test_more_tools_are_kept_when_asked_for(desk: Desk) -> None:
    for keeps, denied in ((False, 13), (True, 1)):
        document = json.loads(desk.ask(prints=True, keeps_all_tools=keeps, as_json=True))
        assert len(document["settings"]["permissions.deny"]) == denied


def test_the_answer_names_the_way_back_for_its_scope(desk: Desk) -> None:
    assert "`ccglm claude-env --undo` takes" in desk.ask()
    assert "`ccglm claude-env --undo --local` takes" in desk.ask(scope=Scope.LOCAL)


def test_what_is_shown_never_holds_the_token(desk: Desk) -> None:
    asked: list[dict[str, Any]] = [
        {"explain": True},
        {"dry_run": True},
        {},
        {"undo": True, "dry_run": True},
    ]
    for options in asked:
        assert MASTER_KEY not in desk.ask(**options)
        assert MASTER_KEY not in desk.ask(as_json=True, **options)


def test_undoing_a_scope_leaves_the_others_and_names_them(desk: Desk) -> None:
    desk.ask(scope=Scope.LOCAL)
    local_file = desk.work / ".claude" / "settings.local.json"
    assert f"it is in `{local_file}`" in desk.ask(undo=True)
    assert f"removed `{local_file}`" in desk.ask(undo=True, scope=Scope.LOCAL)
    assert desk.ask(undo=True) == "nothing of ccglm is in there\n"
