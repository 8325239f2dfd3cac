"""`ccglm statusline`: one line for Claude Code's status line."""

import typer

from ccglm.claude.statusline import main as print_status_line
from ccglm.context import AppContext


def statusline(ctx: typer.Context) -> None:
    """Print a status line for Claude Code: who answers, how full the context is, the cost

    Claude Code runs it and hands it the session as JSON on stdin; in its settings that is
    `{"statusLine": {"type": "command", "command": "ccglm statusline"}}`. A `!` in front means that
    another one than the first of the chain has answered.

    Example: `echo '{"session_id": "..."}' | ccglm statusline`
    """  # noqa: D415 - the first line is the summary in the help, which has no full stop
    print_status_line(["--state", str(AppContext.of(ctx).paths.state)])
