"""`ccglm demo`: the whole thing, without keys."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ccglm.commands.options import JsonOption
from ccglm.context import AppContext
from ccglm.demo.run import report_view, show, start, try_by_hand
from ccglm.exit_codes import ExitCode
from ccglm.proxy.foreground import stay as stay_up
from ccglm.proxy.signals import stop_request


def demo(
    ctx: typer.Context,
    *,
    stay: Annotated[
        bool, typer.Option("--stay", help="Keep it up afterwards, until Ctrl-C.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Show ccglm at work on simulated providers: a session, then a burst that falls back.

    Needs no key, no settings and no network. Exit code 1 if anything was not as told.

    Examples: `ccglm demo`, `ccglm demo --stay`
    """
    app = AppContext.of(ctx)
    with tempfile.TemporaryDirectory(prefix="ccglm-demo-") as name, stop_request() as stop:
        # One that stays is found by `ccglm code` and `ccglm status`, so its record goes to the usual place.
        folder = app.paths.state if stay else Path(name)
        record_path = app.paths.run_record if stay else folder / "run.json"
        with app.output.status("starting simulated providers") as progress:
            up = start(folder, record_path, app.environment, stop=stop, tell=progress.update)
            try:
                report = show(up, progress.update)
            except BaseException:
                up.stop()
                raise
        try:
            app.output.result(report_view(report), as_json=json_)
            if stay and up.running is not None:
                app.output.note(f"\nstays up on {up.record.address} until Ctrl-C")
                app.output.hint("`ccglm code` in another terminal starts Claude Code on it")
                stay_up(up.running, record_path, stop)
            elif not json_:
                for title, command in try_by_hand().items():
                    app.output.hint(f"{title}: `{command}`")
        finally:
            up.stop()
    if not report.ok:
        raise typer.Exit(ExitCode.FAILURE)
