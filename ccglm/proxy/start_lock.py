"""One `ccglm up` at a time: a second one must not take the first one's port and record."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from ccglm.errors import ProxyUnavailable
from ccglm.files import cannot_write, make_folder

try:
    import fcntl
except (
    ImportError
):  # Windows has no such lock; there two starts may meet, and one fails at its port
    fcntl = None

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextlib.contextmanager
def start_lock(path: Path) -> Generator[None]:
    """Be the only one that starts a proxy while the block runs.

    The system drops the lock when the process ends, however it ends.

    Raises:
        ProxyUnavailable: Somebody else is at it.
        PrerequisiteError: The folder cannot be written.
    """
    make_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise cannot_write(error, path) from error
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ProxyUnavailable(
            "another `ccglm up` is starting the proxy at this moment",
            hint="wait for it; `ccglm status` says when it is there",
        ) from error
    finally:
        os.close(descriptor)
