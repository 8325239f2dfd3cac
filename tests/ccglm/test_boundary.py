"""Every error ends as one message and the right exit code, for people and for programs."""

import errno
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ccglm.boundary import BoundaryGroup
from ccglm.commands.options import JsonOption
from ccglm.context import AppContext
from ccglm.errors import CcglmError, SettingsError

KEY = "sk-very-secret-key-0123456789"


def app_that_raises(error: BaseException) -> typer.Typer:
    """Return an app with the command `go`, and `deep go` inside a group, which raise the error."""
    app = typer.Typer(cls=BoundaryGroup, rich_markup_mode=None, pretty_exceptions_enable=False)
    group = typer.Typer()

    @app.callback()
    def root(ctx: typer.Context) -> None:
        ctx.obj = AppContext.from_process()

    @group.command()
    @app.command()
    def go(*, json_: JsonOption = False, number: int = 0) -> None:
        raise error

    @group.command()
    def other() -> None:
        raise AssertionError("never called")

    app.add_typer(group, name="deep")
    return app


def run(
    error: BaseException, *arguments: str, env: dict[str, str] | None = None
) -> tuple[int, str, str]:
    result = CliRunner().invoke(app_that_raises(error), list(arguments), env=env)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", [["go"], ["deep", "go"]])
def test_an_error_of_ours_is_shown_once(command: list[str]) -> None:
    assert run(SettingsError("broken", hint="mend it"), *command) == (
        3, "", "error: broken\n\nhint: mend it\n",
    )  # fmt: skip


def test_with_json_the_error_is_a_document() -> None:
    code, stdout, stderr = run(CcglmError("no"), "go", "--json")
    assert (code, stderr) == (1, "")
    assert json.loads(stdout)["error"]["message"] == "no"


def test_ctrl_c_is_130() -> None:
    assert run(KeyboardInterrupt(), "go") == (130, "", "error: interrupted\n")


def test_a_usage_error_keeps_typers_form() -> None:
    code, stdout, stderr = run(CcglmError("no"), "go", "--number", "many")
    assert (code, stdout) == (2, "")
    assert "Invalid value for '--number'" in stderr


def test_with_json_a_usage_error_is_a_document_too() -> None:
    code, stdout, _ = run(CcglmError("no"), "go", "--number", "many", "--json")
    assert code == 2
    assert json.loads(stdout)["error"]["code"] == "usage"
    assert json.loads(stdout)["exit_code"] == 2


def test_an_exit_and_an_abort_pass_through() -> None:
    assert run(typer.Exit(7), "go")[0] == 7
    assert run(typer.Abort(), "go")[0] == 1


def test_a_reader_that_went_away_is_no_bug() -> None:
    code, _, stderr = run(BrokenPipeError(errno.EPIPE, "broken pipe"), "go")
    assert (code, stderr) == (1, "")


@pytest.mark.parametrize("error", [ValueError(f"bad {KEY}"), OSError(errno.EIO, f"i/o {KEY}")])
def test_a_bug_leaves_a_log_without_keys(error: Exception, tmp_path: Path) -> None:
    env = {"CCGLM_HOME": str(tmp_path), "ZAI_API_KEY": KEY}
    code, stdout, stderr = run(error, "go", env=env)
    (log,) = (tmp_path / "state" / "logs").glob("crash-*.log")
    assert (code, stdout) == (70, "")
    assert stderr.startswith("error: something unexpected happened inside ccglm\n\nhint: ")
    assert str(log) in stderr
    assert "Traceback" in log.read_text()
    assert KEY not in log.read_text()
    assert KEY not in stderr
