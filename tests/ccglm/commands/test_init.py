"""`ccglm init` sets everything up, asks only when somebody is there, and loses nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from tests.helpers.http_server import serve_app
from tests.helpers.terminal import Terminal

KEYS = {"CEREBRAS_API_KEY": "csk-0123456789abcdef", "ZAI_API_KEY": "zai-0123456789abcdef"}
IDS = ["zai-glm-4.7", "gpt-oss-120b", "glm-4.7", "glm-4.5-air"]


async def providers(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer as both providers do."""
    body = json.dumps({"data": [{"id": name} for name in IDS]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with serve_app(providers) as url:
        monkeypatch.setenv("CCGLM_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("CEREBRAS_API_BASE", f"{url}/v1")
        monkeypatch.setenv("ZAI_API_BASE", url)
        yield tmp_path / "home"


def run(*arguments: str, keys: dict[str, str] | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["init", *arguments], env=KEYS if keys is None else keys)
    return result.exit_code, result.stdout, result.stderr


def test_keys_from_the_environment_are_enough(home: Path) -> None:
    code, stdout, stderr = run("--yes")
    assert code == 0
    assert f"wrote `{home}/ccglm.yaml`" in stdout
    assert "  main  cerebras/zai-glm-4.7, then zai/glm-4.7" in stdout
    assert "next: `ccglm up`" in stderr
    assert not any(key in stdout + stderr for key in KEYS.values())
    valid = CliRunner().invoke(app, ["validate"])
    assert valid.exit_code == 0


def test_twice_changes_nothing_and_says_so(home: Path) -> None:
    run("--yes")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in home.iterdir()}
    code, stdout, _ = run("--yes")
    assert (code, stdout) == (0, f"nothing to do: `{home}/ccglm.yaml` and its keys are there\n")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in home.iterdir()} == before


def test_a_dry_run_shows_and_changes_nothing(home: Path) -> None:
    code, stdout, _ = run("--dry-run")
    assert code == 0
    assert f"+++ {home}/ccglm.yaml" in stdout
    assert not any(key in stdout for key in KEYS.values())
    assert not home.exists()
    run("--yes")
    assert run("--dry-run")[1] == "nothing would change\n"


def test_no_key_and_nobody_to_ask_is_exit_code_4(home: Path) -> None:
    code, stdout, stderr = run("--yes", keys={})
    assert (code, stdout) == (4, "")
    assert stderr.startswith(
        "error: there is no key of any provider\n\nhint: export `CEREBRAS_API_KEY`"
    )
    assert not home.exists()


def test_an_unknown_preset_names_the_known_ones(home: Path) -> None:
    code, _, stderr = run("--preset", "fastest")
    assert code == 2
    assert "cerebras-zai, cerebras, zai, zai-coding" in " ".join(stderr.split())


def test_replacing_keeps_a_backup(home: Path) -> None:
    run("--yes")
    before = (home / "ccglm.yaml").read_text()
    code, _, stderr = run("--preset", "zai")
    assert code == 1
    assert "already" in stderr
    assert "--force" in stderr
    code, stdout, _ = run("--preset", "zai", "--force", "--yes")
    assert code == 0
    assert f"kept the old text in `{home}/ccglm.yaml.bak`" in stdout
    assert (home / "ccglm.yaml.bak").read_text() == before


def test_replacing_without_anybody_to_agree_names_the_flag(home: Path) -> None:
    run("--yes")
    before = (home / "ccglm.yaml").read_text()
    code, _, stderr = run("--preset", "zai", "--force")
    assert code == 4
    assert "`--yes`" in stderr
    assert (home / "ccglm.yaml").read_text() == before


def test_keys_are_asked_for_without_echo(home: Path, tmp_path: Path) -> None:
    terminal = Terminal(["init"], {}, tmp_path)
    terminal.wait_for("Cerebras API key")
    terminal.type("csk-typed-0123456789")
    terminal.wait_for("Z.ai API key")
    terminal.type("")
    assert terminal.finish() == 0
    assert "csk-typed-0123456789" not in terminal.shown
    assert "no key for `zai`: it is left out" in terminal.shown
    assert "CEREBRAS_API_KEY=csk-typed-0123456789\n" in (home / ".env").read_text()


def test_a_declined_replacement_changes_nothing(home: Path, tmp_path: Path) -> None:
    run("--yes")
    before = (home / "ccglm.yaml").read_text()
    terminal = Terminal(["init", "--preset", "zai", "--force"], {}, tmp_path)
    terminal.wait_for("[y/N]")
    terminal.type("n")
    assert terminal.finish() == 1
    assert "nothing was changed" in terminal.shown
    assert (home / "ccglm.yaml").read_text() == before


def test_ctrl_c_at_a_question_writes_nothing(home: Path, tmp_path: Path) -> None:
    terminal = Terminal(["init"], {}, tmp_path)
    terminal.wait_for("Cerebras API key")
    terminal.press_ctrl_c()
    assert terminal.finish() in (1, 130)
    assert not home.exists()


def test_an_agent_is_not_asked(home: Path, tmp_path: Path) -> None:
    terminal = Terminal(["init"], {"CLAUDECODE": "1"}, tmp_path)
    assert terminal.finish() == 4
    assert "no key of any provider" in terminal.shown


def test_a_folder_that_takes_nothing_loses_nothing(home: Path) -> None:
    home.write_text("a file where the folder should be")
    code, stdout, stderr = run("--yes")
    assert (code, stdout) == (4, "")
    assert "cannot write" in stderr
    assert home.read_text() == "a file where the folder should be"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_a_folder_without_permission_loses_nothing(home: Path) -> None:
    run("--yes")
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    for path in [home, *home.iterdir()]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    for parent in home.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o711)
    # Everything is imported by the dry run; the other user may not read this interpreter's files.
    code = """if True:
        import os
        from ccglm.cli import app
        command = ["init", "--yes", "--force", "--preset", "zai"]
        app([*command, "--dry-run"], standalone_mode=False)
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        app(command)
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **KEYS},
    )
    assert done.returncode == 4
    assert "permission denied" in done.stderr
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_named_settings_lie_beside_their_keys(home: Path, tmp_path: Path) -> None:
    code, _, _ = run("--yes", "--config", str(tmp_path / "other" / "my.yaml"))
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == [
        ".env", "ccglm.schema.json", "my.yaml",
    ]  # fmt: skip
