"""The exit codes of every command, in one table.

Shown in the README; a script may rely on them.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit status of a `ccglm` command means."""

    SUCCESS = 0
    """Done, or already so."""
    FAILURE = 1
    """The command worked and the answer is no; also a declined prompt."""
    USAGE = 2
    """Wrong options or arguments (Typer's own code)."""
    SETTINGS = 3
    """The settings, or the LiteLLM config made from them, are invalid."""
    PREREQUISITE = 4
    """A key, a program or a permission is missing."""
    PROXY = 5
    """The proxy is not running, or did not become ready."""
    PROVIDER = 6
    """A provider refused, is out of quota, or failed."""
    BUG = 70
    """Unexpected; the path of the crash log is printed. 70 is EX_SOFTWARE of sysexits.h."""
    INTERRUPTED = 130
    """Ctrl-C: 128 plus the number of SIGINT."""
