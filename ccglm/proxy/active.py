"""The proxy that runs now, for commands that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ccglm.errors import ProxyUnavailable
from ccglm.proxy.readiness import is_answering
from ccglm.proxy.run_record import read_run_record
from ccglm.proxy.stop import running_record
from ccglm.text import local_time

if TYPE_CHECKING:
    from pathlib import Path

    from ccglm.proxy.readiness import Readiness
    from ccglm.proxy.run_record import RunRecord


class ActiveProxy(NamedTuple):
    """A running proxy of ours."""

    record: RunRecord
    """Its `address` is what clients use, its `paths` what it was started from."""
    readiness: Readiness | None
    """None while it is starting, or when it no longer answers."""


def find_active(record_path: Path) -> ActiveProxy | None:
    """Return the proxy that runs now, or None.

    Raises:
        PrerequisiteError: The run record cannot be read.
    """
    record = running_record(record_path)
    return None if record is None else ActiveProxy(record, is_answering(record))


def require_active(record_path: Path) -> ActiveProxy:
    """Return the proxy that runs now.

    Raises:
        ProxyUnavailable: None does; says so when the last one ended by itself.
        PrerequisiteError: The run record cannot be read.
    """
    active = find_active(record_path)
    if active is not None:
        return active
    left_over = read_run_record(record_path)
    data = {"running": False}
    if left_over is None:
        raise ProxyUnavailable(
            "the proxy is not running", hint="start it with `ccglm up`", data=data
        )
    raise ProxyUnavailable(
        f"the proxy is not running; the one started at {local_time(left_over.started)} ended by itself",
        hint="`ccglm logs` shows its last words; start it again with `ccglm up`",
        data=data,
    )
