"""The command prints the line of the state folder that the command line works with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from ccglm.cli import app
from tests.helpers.usage_builders import a_store, a_usage_row

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_line_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_store(tmp_path / "state" / "usage.db", [a_usage_row()])
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    told = json.dumps({"session_id": "session-1"})

    result = CliRunner().invoke(app, ["statusline"], input=told, catch_exceptions=False)

    assert result.exit_code == 0
    assert result.stdout.startswith("cerebras/zai-glm-4.7 | context 1,500 | 0.0100 USD")
