"""`ccglm models` works with and without settings."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from tests.helpers.homes import a_home
from tests.helpers.http_server import serve_app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["models", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_catalogue_needs_no_settings(folder: Path) -> None:
    code, stdout, stderr = run()
    assert (code, stderr) == (0, "")
    assert stdout.splitlines()[0].split()[:2] == ["model", "status"]
    assert "cerebras/gpt-oss-120b" in stdout
    assert len(run("--all")[1].splitlines()) > len(stdout.splitlines())


def test_the_chains_are_shown(folder: Path) -> None:
    a_home(folder)
    models = {m["model"]: m for m in json.loads(run("--json")[1])["models"]}
    assert models["cerebras/gpt-oss-120b"]["used_by"] == ["main[0]"]
    assert models["zai/glm-4.5-air"]["used_by"] == ["fast[0]"]


async def providers(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    ok = b"Bearer csk" in dict(scope["headers"])[b"authorization"]
    status = 200 if ok else 503
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b'{"data": [{"id": "gpt-oss-120b"}]}'})


def test_the_providers_can_be_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_home(folder)
    with serve_app(providers) as url:
        monkeypatch.setenv("CEREBRAS_API_BASE", f"{url}/v1")
        monkeypatch.setenv("ZAI_API_BASE", url)
        code, stdout, stderr = run("--online", "--json")
    models = {m["model"]: m["listed"] for m in json.loads(stdout)["models"]}
    assert code == 0
    assert models["cerebras/gpt-oss-120b"] is True
    assert models["cerebras/zai-glm-4.7"] is False
    assert models["zai/glm-4.7"] is None
    assert "zai answered 503" in stderr


def test_asking_needs_settings(folder: Path) -> None:
    assert run("--online")[0] == 4
