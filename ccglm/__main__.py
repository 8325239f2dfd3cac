"""`python -m ccglm` and the `ccglm` program."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["statusline"]:
        # Claude Code runs it for every line it shows: too often for the whole command line to load.
        from ccglm.claude.statusline import main as print_status_line

        sys.exit(print_status_line([]))
    from ccglm.cli import app

    app(prog_name="ccglm")


if __name__ == "__main__":
    main()
