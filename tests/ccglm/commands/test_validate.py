"""`ccglm validate` tells every problem with its line, and nothing is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from tests.helpers.homes import CEREBRAS_KEY, Home, a_home
from tests.helpers.http_server import serve_app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return a_home(tmp_path)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["validate", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_good_settings_are_one_line(home: Home) -> None:
    code, stdout, stderr = run()
    assert (code, stderr) == (0, "")
    assert stdout.startswith(f"`{home.paths.settings}` is valid (")
    assert not home.paths.state.exists()


def test_every_problem_is_told_with_its_line(home: Home) -> None:
    home.paths.settings.write_text(
        "providers:\n  zai: {keys: [ZAI_API_KEY]}\nmodels:\n  main: [zai/glm-9, nobody/x]\nprot: 1\n"
    )
    code, stdout, stderr = run()
    assert (code, stdout) == (3, "")
    assert "ccglm.yaml:4" in stderr
    assert "ccglm.yaml:5" in stderr
    assert "hint: " in stderr


def test_programs_get_one_document_either_way(home: Home) -> None:
    good = json.loads(run("--json")[1])
    assert good["ok"] is True
    assert good["chains"]["fast"] == ["zai/glm-4.5-air"]
    home.paths.settings.write_text("models: [\n")
    code, stdout, stderr = run("--json")
    assert (code, stderr) == (3, "")
    bad = json.loads(stdout)
    assert (bad["ok"], bad["error"]["code"], bad["exit_code"]) == (False, "settings_invalid", 3)
    assert bad["error"]["problems"][0]["line"]


def test_a_missing_key_is_exit_code_4(home: Home) -> None:
    home.paths.secrets.write_text(home.paths.secrets.read_text().replace(CEREBRAS_KEY, ""))
    code, _, stderr = run()
    assert code == 4
    assert "`CEREBRAS_API_KEY` is not set" in stderr


def test_another_file_can_be_named(home: Home, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = a_home(tmp_path / "other", models={"main": ["zai/glm-4.7", "cerebras/gpt-oss-120b"]})
    assert "main: zai/glm-4.7" in run("--config", str(other.paths.settings))[1]
    assert run("--config", str(tmp_path / "none.yaml"))[0] == 3


def answering(status: int, *models: str) -> Any:
    async def server(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        body = json.dumps({"data": [{"id": name} for name in models]}).encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return server


@pytest.mark.parametrize(
    ("status", "models", "code", "said"),
    [
        (200, ["gpt-oss-120b", "glm-4.7", "glm-4.5-air"], 0, ""),
        (200, ["gpt-oss-120b"], 0, "`zai/glm-4.7` is not on the list zai gives your key: `gpt-oss-120b`"),
        (401, [], 6, "zai refuses the key in `ZAI_API_KEY`"),
        (500, [], 0, "warning: .env  ZAI_API_KEY  zai answered 500"),
    ],
)  # fmt: skip
def test_the_providers_can_be_asked(
    status: int,
    models: list[str],
    code: int,
    said: str,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve_app(answering(status, *models)) as url:
        monkeypatch.setenv("CEREBRAS_API_BASE", f"{url}/v1")
        monkeypatch.setenv("ZAI_API_BASE", url)
        got, _, stderr = run("--online")
    assert got == code
    assert said in " ".join(stderr.split()) if "  " not in said else said in stderr
    assert CEREBRAS_KEY not in stderr
