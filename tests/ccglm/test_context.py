"""The context is built once from the process and handed down."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ccglm.context import AppContext


def test_it_takes_a_copy_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCGLM_HOME", str(tmp_path))
    app = AppContext.from_process()
    monkeypatch.setenv("CCGLM_HOME", "elsewhere")
    assert app.environment["CCGLM_HOME"] == str(tmp_path)
    assert app.paths.settings == tmp_path / "ccglm.yaml"


def test_its_clock_is_aware() -> None:
    offset = AppContext.from_process().now().utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0


def test_a_commands_own_config_moves_the_settings_and_keeps_the_state(tmp_path: Path) -> None:
    typer_app = typer.Typer()
    seen: list[AppContext] = []

    @typer_app.command()
    def go(ctx: typer.Context) -> None:
        ctx.obj = AppContext.from_process()
        seen.extend([AppContext.of(ctx), AppContext.of(ctx, config=tmp_path / "my.yaml")])

    CliRunner().invoke(
        typer_app, [], env={"CCGLM_HOME": str(tmp_path / "home")}, catch_exceptions=False
    )
    usual, moved = seen
    assert usual.paths.settings == tmp_path / "home" / "ccglm.yaml"
    assert moved.paths.settings == tmp_path / "my.yaml"
    assert moved.paths.state == usual.paths.state == tmp_path / "home" / "state"
    assert moved.output is usual.output
