"""What is kept when ccglm itself is broken: a file made to be pasted into an issue."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ccglm import __version__
from ccglm.dotenv_file import read_dotenv, redact, secret_values
from ccglm.errors import CcglmError

if TYPE_CHECKING:
    from ccglm.context import AppContext


def write_crash_log(error: BaseException, app: AppContext) -> Path | None:
    """Write versions and traceback, without any key, to the logs folder or a temporary one.

    Returns:
        The file, or None when neither folder takes it.
    """
    moment = app.now()
    text = "\n".join(
        (
            f"ccglm {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"at {moment.isoformat(timespec='seconds')}",
            f"arguments: {sys.argv[1:]}",
            "",
            "".join(traceback.format_exception(error)),
        )
    )
    text = redact(text, _known_secrets(app))
    name = f"crash-{moment:%Y%m%dT%H%M%S}.log"
    for folder in (app.paths.logs, Path(tempfile.gettempdir())):
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return path
    return None


def _known_secrets(app: AppContext) -> list[str]:
    try:
        stored = read_dotenv(app.paths.secrets)
    except CcglmError:
        stored = {}
    return [*secret_values(app.environment), *secret_values(stored)]
