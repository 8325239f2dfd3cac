"""`ccglm claude-env` as people and programs call it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ccglm.cli import app
from tests.helpers.ccglm_home import MASTER_KEY, write_home

FOREIGN = '{"model": "opus", "env": {"MINE": "1"}}\n'


@pytest.fixture
def user_file(isolated_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Claude Code's user settings; ccglm's settings and a working folder are there too."""
    monkeypatch.setenv("CCGLM_HOME", str(write_home(tmp_path / "ccglm", server={"port": 4321})))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return isolated_environment / ".claude" / "settings.json"


def _run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["claude-env", *arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_the_users_settings_are_written_and_come_back_byte_for_byte(user_file: Path) -> None:
    user_file.parent.mkdir()
    user_file.write_text(FOREIGN)
    shown = _run().stdout
    assert f"keys in `{user_file}`" in shown
    assert "start the proxy with `ccglm up`" in shown
    document = json.loads(user_file.read_text())
    assert list(document) == ["model", "env", "permissions", "skipWebFetchPreflight"]
    assert document["env"]["MINE"] == "1"
    assert document["env"]["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:4321"
    assert document["env"]["ANTHROPIC_AUTH_TOKEN"] == MASTER_KEY
    assert "WebSearch" in document["permissions"]["deny"]
    assert document["permissions"]["disableAutoMode"] == "disable"
    assert "nothing changed" in _run().stdout
    assert "restored" in _run("--undo").stdout
    assert user_file.read_text() == FOREIGN
    assert [path.name for path in user_file.parent.iterdir()] == ["settings.json"]


def test_a_dry_run_writes_nothing_and_hides_the_token(user_file: Path) -> None:
    shown = _run("--dry-run").stdout
    assert "+    " in shown
    assert MASTER_KEY not in shown
    assert not user_file.parent.exists()


def test_the_projects_shared_file_never_holds_the_token(user_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work" / ".claude"
    _run("--project")
    assert MASTER_KEY not in (folder / "settings.json").read_text()
    assert json.loads((folder / "settings.local.json").read_text()) == {
        "env": {"ANTHROPIC_AUTH_TOKEN": MASTER_KEY}
    }
    assert not user_file.exists()
    _run("--undo", "--project")
    assert not folder.exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_token_that_git_would_commit_is_warned_about(user_file: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "work")], check=True)
    assert "git does not ignore" in _run("--local").stderr
    (tmp_path / "work" / ".gitignore").write_text(".claude/settings.local.json\n")
    assert "git does not ignore" not in _run("--local").stderr


def test_later_edits_stop_the_undo_and_are_named(user_file: Path) -> None:
    _run()
    user_file.write_text(user_file.read_text().replace(":4321", ":9999"))
    result = _run("--undo", code=1)
    assert "env.ANTHROPIC_BASE_URL" in result.stderr
    assert "9999" in user_file.read_text()
    document = json.loads(_run("--undo", "--json", code=1).stdout)
    assert document["edited_since"] == ["env.ANTHROPIC_BASE_URL"]
    _run("--undo", "--force")
    assert not user_file.exists()


def test_nothing_to_undo_says_where_it_is(user_file: Path, tmp_path: Path) -> None:
    _run("--local")
    shown = _run("--undo").stdout
    assert "nothing of ccglm is in there" in shown
    assert str(tmp_path / "work" / ".claude" / "settings.local.json") in shown


def test_invalid_json_is_refused_with_its_line(user_file: Path) -> None:
    user_file.parent.mkdir()
    user_file.write_text('{\n  "env": {,}\n}')
    result = _run(code=3)
    assert f"{user_file}:2" in result.stderr
    assert user_file.read_text() == '{\n  "env": {,}\n}'


def test_the_answer_is_also_one_document(user_file: Path) -> None:
    document = json.loads(_run("--json").stdout)
    assert (document["ok"], document["changed"], document["undone"]) == (True, True, False)
    (file,) = document["files"]
    assert file["path"] == str(user_file)
    assert "env.ANTHROPIC_MODEL" in file["keys"]


def test_printed_code_can_be_evaluated(user_file: Path) -> None:
    result = _run("--print", "--shell", "sh")
    show = 'printf %s "$ANTHROPIC_BASE_URL $ANTHROPIC_MODEL $ANTHROPIC_AUTH_TOKEN"'
    shown = subprocess.run(
        ["sh", "-c", f'eval "$CODE"; {show}'],
        env={"CODE": result.stdout, "ANTHROPIC_API_KEY": "sk-ant"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == f"http://127.0.0.1:4321 main {MASTER_KEY}"
    assert "not running" in result.stderr
    assert not user_file.exists()


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("fish", "set -gx ANTHROPIC_MODEL 'main';"),
        ("powershell", "$env:ANTHROPIC_MODEL = 'main';"),
    ],
)
def test_other_shells_get_their_own_language(user_file: Path, shell: str, line: str) -> None:
    assert line in _run("--print", "--shell", shell).stdout.splitlines()


def test_print_as_a_document_names_what_no_variable_can_say(user_file: Path) -> None:
    document = json.loads(_run("--print", "--json").stdout)
    assert document["variables"]["ANTHROPIC_AUTH_TOKEN"] == MASTER_KEY
    assert "ANTHROPIC_API_KEY" in document["unset"]
    assert document["settings"]["permissions.disableAutoMode"] == "disable"


def test_every_line_is_explained(user_file: Path) -> None:
    shown = _run("--explain").stdout
    assert "CLAUDE_CODE_MAX_CONTEXT_TOKENS" in shown
    assert "smallest context of the chain" in shown
    assert MASTER_KEY not in shown
    document = json.loads(_run("--explain", "--json").stdout)
    assert all(entry["why"] for entry in document["variables"])


def test_direct_settings_go_to_zai_itself(user_file: Path) -> None:
    _run("--direct", "zai")
    env = json.loads(user_file.read_text())["env"]
    assert env["ANTHROPIC_BASE_URL"] == "https://api.z.ai/api/anthropic"
    assert env["ANTHROPIC_MODEL"] == "glm-4.7"
    _run()
    assert json.loads(user_file.read_text())["env"]["ANTHROPIC_MODEL"] == "main"
    _run("--undo")
    assert not user_file.exists()


@pytest.mark.parametrize(
    "arguments",
    [["--user", "--local"], ["--print", "--user"], ["--print", "--explain"], ["--undo", "--print"]],
)
def test_contradicting_options_are_refused(user_file: Path, arguments: list[str]) -> None:
    assert "choose one scope" in _run(*arguments, code=2).stderr


def test_the_command_runs_from_the_shell_without_litellm(user_file: Path) -> None:
    code = (
        "import sys; sys.argv=['ccglm', 'claude-env', '--print']\n"
        "from ccglm.cli import app\n"
        "try: app(prog_name='ccglm')\n"
        "finally: assert 'litellm' not in sys.modules and 'openai' not in sys.modules"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "export ANTHROPIC_BASE_URL=" in shown.stdout
