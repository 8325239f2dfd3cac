"""Shared options behave the same in every command."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from ccglm.boundary import BoundaryGroup
from ccglm.commands.options import ConfigOption, JsonOption, YesOption
from ccglm.context import AppContext
from ccglm.errors import CcglmError


def an_app() -> typer.Typer:
    app = typer.Typer(cls=BoundaryGroup)

    @app.callback()
    def root(ctx: typer.Context) -> None:
        ctx.obj = AppContext.from_process()

    @app.command()
    def go(
        ctx: typer.Context,
        *,
        json_: JsonOption = False,
        yes: YesOption = False,
        config: ConfigOption = None,
    ) -> None:
        output = AppContext.of(ctx, config=config).output
        output.answer(f"{json_} {output.as_json} {yes} {config}")
        if yes:
            raise CcglmError("told to fail")

    return app


def test_options_have_their_short_and_long_form() -> None:
    result = CliRunner().invoke(an_app(), ["go", "--config", "x.yaml"])
    assert result.stdout == f"False False False {Path('x.yaml')}\n"


def test_json_reaches_the_output_wherever_it_stands() -> None:
    result = CliRunner().invoke(an_app(), ["go", "-y", "--json"])
    answer, _, document = result.stdout.partition("\n")
    assert answer == "True True True None"
    assert json.loads(document)["error"]["message"] == "told to fail"
