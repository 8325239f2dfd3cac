"""`ccglm up`: start the proxy."""

import time
from typing import Annotated, cast

import typer

from ccglm.commands.options import ConfigOption, JsonOption
from ccglm.context import AppContext
from ccglm.exit_codes import ExitCode
from ccglm.proxy.foreground import Ending, stay
from ccglm.proxy.signals import stop_request
from ccglm.proxy.up import PortChoice, Up, UpRequest, bring_up
from ccglm.proxy.up_view import next_step, parse_port, up_view


def up(
    ctx: typer.Context,
    *,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when it is ready, and leave it running.")
    ] = False,
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="PORT", help="Another port; `auto`: any free one."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes.")] = 1,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="With simulated providers: no key, no settings, no network."),
    ] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Start the proxy and say when it is ready.

    Stays in the foreground until Ctrl-C unless `--detach` is given. Exit code 3 for wrong settings, 4 for a
    missing key, 5 when it does not become ready.

    Examples: `ccglm up`, `ccglm up --detach --port auto`, `ccglm up --demo`
    """
    app = AppContext.of(ctx, config=config)
    try:
        choice = cast("PortChoice", parse_port(port) if port is not None else None)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    request = UpRequest(
        app.paths,
        app.paths.run_record,
        app.environment,
        choice,
        workers=workers,
        detached=detach,
        demo=demo,
    )
    began_s = time.monotonic()
    with stop_request() as stop:
        with app.output.status("starting") as progress:
            started = bring_up(request, stop=stop, tell=progress.update)
        _show(app, started, time.monotonic() - began_s, as_json=json_)
        if detach or started.running is None:
            return
        try:
            ending = stay(started.running, request.record_path, stop)
        finally:
            started.stop()
    app.output.note("stopped" if ending is not Ending.DOWN else "stopped by `ccglm down`")
    if ending is Ending.CTRL_C:
        raise typer.Exit(ExitCode.INTERRUPTED)


def _show(app: AppContext, started: Up, took_s: float, *, as_json: bool) -> None:
    app.output.warn_of(started.warnings)
    for caution in started.cautions:
        app.output.warn(caution)
    for note in started.notes:
        app.output.note(note)
    app.output.result(up_view(started, took_s=took_s), as_json=as_json)
    if not as_json:
        app.output.next_step(next_step(started))
