"""`ccglm`, with the stand-in proxy in place of LiteLLM: `python stand_in_up.py up --detach`.

What the stand-in does badly comes from `STAND_IN`, see `stand_in_proxy`.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

from ccglm.cli import app
from ccglm.commands import up

STAND_IN = Path(__file__).with_name("stand_in_proxy.py")
SHELL = f'STAND_IN={os.environ.get("STAND_IN", "")!r} exec {sys.executable} {STAND_IN} "$@"'


def main() -> None:
    """Run the command line; the proxy's environment is clean, so the shell tells the stand-in what to do."""
    command = ("/bin/sh", "-c", SHELL, "stand-in")
    up.UpRequest = functools.partial(up.UpRequest, command=command)  # pyright: ignore[reportAttributeAccessIssue]
    app(prog_name="ccglm")


if __name__ == "__main__":
    main()
