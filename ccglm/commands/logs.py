"""`ccglm logs`: what the proxy wrote."""

from typing import Annotated

import typer

from ccglm.context import AppContext
from ccglm.proxy.log_files import Level
from ccglm.proxy.log_view import follow_log, recent_log
from ccglm.proxy.signals import stop_request


def logs(
    ctx: typer.Context,
    *,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")
    ] = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is added.")
    ] = False,
    level: Annotated[Level, typer.Option("--level", help="Lowest level to show.")] = "debug",
) -> None:
    """Show the proxy's log.

    Lines without a level of their own, such as those of a traceback, go with the line before them.

    Examples: `ccglm logs -n 200`, `ccglm logs -f --level warning`
    """
    app = AppContext.of(ctx)
    recent = recent_log(app.paths, lines, level, whole=follow)
    for line in recent.lines:
        app.output.line(line)
    if follow:
        with stop_request() as stop:
            for line in follow_log(recent, level, stop.wait):
                app.output.line(line)
