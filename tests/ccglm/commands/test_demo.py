"""`ccglm demo`: help; a run is in tests/integration/test_demo.py."""

from __future__ import annotations

from typer.testing import CliRunner

from ccglm.cli import app


def test_the_help_says_that_nothing_is_needed() -> None:
    shown = CliRunner().invoke(app, ["demo", "--help"])
    assert shown.exit_code == 0
    assert "no key, no settings and no network" in shown.output
    assert "--stay" in shown.output
