"""`ccglm down`: stop the proxy."""

import typer

from ccglm.commands.options import JsonOption
from ccglm.context import AppContext
from ccglm.proxy.stop import stop_proxy
from ccglm.proxy.stop_view import stop_view


def down(ctx: typer.Context, *, json_: JsonOption = False) -> None:
    """Stop the proxy.

    Makes sure that it is ours, lets open answers end for some seconds, and leaves no process behind.
    """
    app = AppContext.of(ctx)
    stopped = stop_proxy(app.paths.run_record, tell=app.output.note)
    app.output.result(stop_view(stopped), as_json=json_)
