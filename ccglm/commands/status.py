"""`ccglm status`: what runs."""

import time
from typing import Annotated

import typer

from ccglm.commands.options import JsonOption
from ccglm.context import AppContext
from ccglm.proxy.status import Status, proxy_status, status_view
from ccglm.proxy.status_watch import watch_status


def status(
    ctx: typer.Context,
    *,
    again: Annotated[bool, typer.Option("--watch", help="Show it every second.")] = False,
    json_: JsonOption = False,
) -> None:
    """Show whether the proxy runs, who serves, and what each key has left.

    Exit code 5 when it does not run.
    """
    app = AppContext.of(ctx)
    if again and json_:
        raise typer.BadParameter("`--watch` does not go with `--json`")

    def ask() -> Status:
        return proxy_status(app.paths, app.now(), app.environment)

    if again:
        with app.output.redrawn() as show:
            watch_status(ask, lambda found: show(status_view(found)), time.sleep)
        return
    found = ask()
    if found.version_skew:
        app.output.warn(
            f"the proxy runs version {found.active.record.version}, this is another one; "
            "`ccglm down`, then `ccglm up`, starts this one"
        )
    app.output.result(status_view(found), as_json=json_)
