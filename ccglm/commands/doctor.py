"""`ccglm doctor`: what is wrong, why, and what repairs it."""

from pathlib import Path
from typing import Annotated

import typer

from ccglm.commands.options import ConfigOption, JsonOption
from ccglm.context import AppContext
from ccglm.doctor.checks import CHECKS
from ccglm.doctor.examination import Examination, diagnose, verdict
from ccglm.doctor.views import checks_view, report_view


def _names(incomplete: str) -> list[str]:
    return [check.name for check in CHECKS if check.name.startswith(incomplete)]


def doctor(
    ctx: typer.Context,
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair what can be repaired without losing anything.")
    ] = False,
    online: Annotated[
        bool,
        typer.Option("--online", help="Also ask the providers, with one small request a key."),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="NAME", help="This check; repeatable.", autocompletion=_names
        ),
    ] = None,
    list_checks: Annotated[bool, typer.Option("--list-checks", help="Name the checks.")] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Find what is wrong with this set-up, why, and the command that repairs it.

    Looks at the installation, the files, the settings, the proxy and Claude Code, all at once; changes nothing
    without `--fix`. Exit code 1 when something is broken; warnings alone are 0.

    Examples: `ccglm doctor`, `ccglm doctor --online --only keys`, `ccglm doctor --fix`
    """
    app = AppContext.of(ctx, config=config)
    if list_checks:
        app.output.result(checks_view(CHECKS), as_json=json_)
        return
    examination = Examination(Path.cwd(), only=only or (), online=online, fix=fix)
    try:
        examination.chosen()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with app.output.status("examining the set-up") as status:
        report = diagnose(app, examination, tell=status.update)
    failure = verdict(report)
    if failure is None or not json_:
        app.output.result(report_view(report, verbose=app.output.verbose), as_json=json_)
    if failure is not None:
        raise failure
