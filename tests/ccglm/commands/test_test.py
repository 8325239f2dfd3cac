"""`ccglm test` without a proxy; with one it is in tests/integration/test_self_test.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccglm.cli import app
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from tests.helpers.ccglm_home import MASTER_KEY
from tests.helpers.launches import a_launch


def test_without_a_proxy_it_is_exit_code_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["test", "--yes", "--json"])
    assert result.exit_code == 5
    assert json.loads(result.stdout)["error"]["code"] == "proxy_unavailable"


def test_what_the_proxy_was_started_with_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    monkeypatch.setenv("CCGLM_MASTER_KEY", MASTER_KEY)
    proxy = start_proxy(a_launch(tmp_path), stop=StopRequest())
    try:
        result = CliRunner().invoke(app, ["test", "--yes"])
    finally:
        proxy.stop()
    assert result.exit_code == 4
    assert "start the proxy again" in result.stderr
