"""Would a file be committed? Asked before a token is written into a folder others may share."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

_TIMEOUT_S: Final = 5.0
_NOT_IGNORED: Final = 1
"""`git check-ignore`: 0 ignored, 1 not ignored, 128 not in a repository."""


def may_be_committed(path: Path) -> bool:
    """Return whether a file lies in a git repository that does not ignore it.

    Args:
        path: The file; it and its folder need not exist.

    Returns:
        False also where git is not installed.
    """
    git = shutil.which("git")
    folder = next((parent for parent in path.parents if parent.is_dir()), None)
    if git is None or folder is None:
        return False
    try:
        asked = subprocess.run(  # noqa: S603 - git itself; the path is an argument, not shell text
            [git, "-C", str(folder), "check-ignore", "--quiet", "--", str(path)],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == _NOT_IGNORED
