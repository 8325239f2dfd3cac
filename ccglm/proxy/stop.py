"""Find the running proxy and stop it, making sure first that it is ours."""

from __future__ import annotations

import dataclasses
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ccglm.errors import PrerequisiteError
from ccglm.proxy.processes import carries, command_line, live_members, stop_group
from ccglm.proxy.readiness import is_answering
from ccglm.proxy.run_record import read_run_record, remove_run_record, write_run_record
from ccglm.proxy.start import RUN_ID_VARIABLE, STOP_GRACE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.proxy.run_record import RunRecord

_SIMULATOR_WORDS: Final = (" ccglm ", " simulate")
"""What the arguments of our simulator hold."""


class Outcome(Enum):
    """What `stop_proxy` found and did."""

    STOPPED = "stopped"
    KILLED = "killed"
    """It did not end by itself."""
    ALREADY_DOWN = "already down"


class Stopped(NamedTuple):
    """What was stopped, and how."""

    outcome: Outcome
    record: RunRecord | None


def running_record(record_path: Path) -> RunRecord | None:
    """Return the record of the proxy that runs now, or None; a record that was left over counts as none.

    A process counts as ours when it answers with the record's run id, or, if it does not answer, when it
    was started with it: a process id alone may have been given to somebody else since.

    Raises:
        PrerequisiteError: The record cannot be read.
    """
    record = read_run_record(record_path)
    return record if record is not None and _is_ours(record) else None


def stop_proxy(
    record_path: Path,
    *,
    grace_s: float = STOP_GRACE_S,
    tell: Callable[[str], None] = lambda _: None,
) -> Stopped:
    """Stop the running proxy and the simulator beside it; afterwards no process of theirs is left.

    Args:
        record_path: The run record.
        grace_s: How long they may take to end by themselves.
        tell: Is told what is going on, if anything is.

    Raises:
        PrerequisiteError: The processes belong to another user, or the record cannot be changed.
    """
    record = read_run_record(record_path)
    if record is None:
        return Stopped(Outcome.ALREADY_DOWN, None)
    clean = True
    found = False
    try:
        if _is_ours(record):
            found = True
            tell(f"stopping the proxy, process {record.pid}")
            write_run_record(record_path, dataclasses.replace(record, stopping=True))
            clean = stop_group(record.pid, grace_s=grace_s)
        if record.simulator_pid is not None and _is_simulator(record.simulator_pid):
            found = True
            stop_group(record.simulator_pid, grace_s=grace_s)
    except PermissionError as error:
        raise PrerequisiteError(
            f"process {record.pid} belongs to another user", hint="stop it as that user"
        ) from error
    remove_run_record(record_path, record.run_id)
    if not found:
        return Stopped(Outcome.ALREADY_DOWN, record)
    return Stopped(Outcome.STOPPED if clean else Outcome.KILLED, record)


def _is_ours(record: RunRecord) -> bool:
    members = live_members(record.pid)
    if not members:
        return False
    mark = f"{RUN_ID_VARIABLE}={record.run_id}"
    return is_answering(record) is not None or any(carries(pid, mark) for pid in members)


def _is_simulator(group: int) -> bool:
    return any(
        all(word in command_line(pid) for word in _SIMULATOR_WORDS) for pid in live_members(group)
    )
