"""`ccglm status`: what runs."""

import typer

from ccglm.commands.options import JsonOption
from ccglm.context import AppContext
from ccglm.proxy.status import proxy_status, status_view


def status(ctx: typer.Context, *, json_: JsonOption = False) -> None:
    """Show whether the proxy runs and who serves.

    Exit code 5 when it does not run.
    """
    app = AppContext.of(ctx)
    found = proxy_status(app.paths, app.now())
    if found.version_skew:
        app.output.warn(
            f"the proxy runs version {found.active.record.version}, this is another one; "
            "`ccglm down`, then `ccglm up`, starts this one"
        )
    app.output.result(status_view(found), as_json=json_)
