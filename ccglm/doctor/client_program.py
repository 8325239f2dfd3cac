"""Which Claude Code is installed."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

from ccglm.claude.launch import find_client
from ccglm.errors import CcglmError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION_TIMEOUT_S: Final = 15.0
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Client(NamedTuple):
    """A Claude Code that answers."""

    program: Path
    version: tuple[int, int, int]

    @property
    def version_text(self) -> str:
        """Return the version as it is written."""
        return ".".join(map(str, self.version))


def look_at_client(environment: Mapping[str, str]) -> Client:
    """Ask the client on the PATH for its version.

    Raises:
        PrerequisiteError: There is none; says how to install it.
        CcglmError: It cannot be run, or does not say a version.
    """
    program = find_client(environment)
    try:
        done = subprocess.run(  # noqa: S603 - the user's own client
            [str(program), "--version"],
            env=dict(environment),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=VERSION_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CcglmError(f"`{program}` cannot be run", hint=_HINT) from error
    found = _VERSION.search(done.stdout)
    if done.returncode != 0 or found is None:
        raise CcglmError(f"`{program} --version` does not say a version", hint=_HINT)
    return Client(program, (int(found[1]), int(found[2]), int(found[3])))


_HINT: Final = "install it again with `npm install -g @anthropic-ai/claude-code`"
