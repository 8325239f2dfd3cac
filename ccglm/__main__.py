"""`python -m ccglm` and the `ccglm` program."""

from __future__ import annotations

from ccglm.cli import app


def main() -> None:
    """Run the command line and exit with its code."""
    app(prog_name="ccglm")


if __name__ == "__main__":
    main()
