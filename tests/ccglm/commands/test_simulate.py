"""`ccglm simulate`: options reach the simulator, mistakes are told."""

import re
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from ccglm.commands.simulate import simulate
from ccglm.errors import CcglmError

APP = typer.Typer(pretty_exceptions_enable=False)
APP.command()(simulate)


def test_help_names_the_options_and_hides_the_internal_one() -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", CliRunner().invoke(APP, ["--help"]).output)
    for option in ("--port", "--control-port", "--models", "--knob", "--json"):
        assert option in shown
    assert "--until-stdin-closes" not in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--models", "all"], "knob `model_set`"),
        (["--knob", "cerebras_rpm"], "is not NAME=VALUE"),
        (["--knob", "cerebras_rpm=-1"], "knob `cerebras_rpm`"),
    ],
)
def test_mistakes_are_errors_for_people(options: list[str], message: str) -> None:
    result = CliRunner().invoke(APP, options)
    assert isinstance(result.exception, CcglmError)
    assert message in str(result.exception)


def test_it_serves_until_it_is_stopped() -> None:
    command = [sys.executable, "-m", "ccglm", "simulate", "--json", "--knob", "cerebras_rpm=10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert '"cerebras_base":"http://127.0.0.1:' in process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0
