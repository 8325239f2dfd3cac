"""`ccglm code`: Claude Code on the proxy, for one session."""

from pathlib import Path
from typing import Annotated

import typer

from ccglm.claude.session import Session, run_session
from ccglm.commands.options import ConfigOption
from ccglm.context import AppContext
from ccglm.proxy.active import find_active
from ccglm.proxy.signals import stop_request
from ccglm.proxy.up import UpRequest, bring_up


def code(
    ctx: typer.Context,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- ARGS",
            help="Arguments for `claude`; `--` is needed only before one that is also an option here.",
        ),
    ] = None,
    *,
    claude: Annotated[
        Path | None,
        typer.Option("--claude", metavar="PATH", help="The client, when it is not on the PATH."),
    ] = None,
    isolated: Annotated[
        bool,
        typer.Option(
            "--isolated",
            help="Give the client a configuration folder of its own, past its first-run screens; "
            "this folder counts as trusted.",
        ),
    ] = False,
    all_tools: Annotated[
        bool, typer.Option("--all-tools", help="Keep the client's background tools.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Start Claude Code on the proxy; nothing is written to your own settings.

    Starts the proxy when it is not running and leaves it running. The exit code is the client's.

    Examples: `ccglm code`, `ccglm code -c`, `ccglm code -- -p "what does this project do"`, `ccglm code --isolated`
    """
    app = AppContext.of(ctx, config=config)
    session = Session(
        arguments=arguments or [], program=claude, isolated=isolated, keeps_all_tools=all_tools
    )
    raise typer.Exit(run_session(app, session, have_proxy=lambda: _have_proxy(app)))


def _have_proxy(app: AppContext) -> None:
    """Start a proxy in the background unless one answers; any of ours will do."""
    active = find_active(app.paths.run_record)
    if active is not None and active.readiness is not None:
        return
    request = UpRequest(
        app.paths, app.paths.run_record, app.environment, yields_port=True, detached=True
    )
    with stop_request() as stop, app.output.status("starting the proxy") as progress:
        started = bring_up(request, stop=stop, tell=progress.update)
    app.output.warn_of(started.warnings)
    app.output.note(f"the proxy is on {started.record.address}; `ccglm down` stops it")
