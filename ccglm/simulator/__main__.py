"""`python -m ccglm.simulator`: the same as `ccglm simulate`, without the rest of the command line."""

from __future__ import annotations

import sys

import typer

from ccglm.commands.simulate import simulate
from ccglm.errors import CcglmError


def main() -> None:
    """Run the command; an error of the user's making is one line on standard error."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(simulate)
    try:
        app()
    except CcglmError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
