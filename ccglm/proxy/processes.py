"""Processes of ours: who is alive in a group, what a process is, how a group is stopped.

A zombie counts as dead: in a container nobody may ever collect it. Linux is asked through `/proc`,
other systems through `ps`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PROC: Final = Path("/proc")
_POLL_S: Final = 0.05
_PS_TIMEOUT_S: Final = 5.0


class ProcessState(NamedTuple):
    """What the system says of one process."""

    pid: int
    group: int
    dead: bool
    """It ended and only waits to be collected."""


def live_members(group: int) -> list[int]:
    """Return the ids of the processes in a group that still run, in ascending order."""
    return sorted(state.pid for state in _all_states() if state.group == group and not state.dead)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that ended and was not collected does not."""
    return any(state.pid == pid and not state.dead for state in _all_states())


def command_line(pid: int) -> str:
    """Return a process's arguments joined by spaces; "" when it is gone or not ours to see."""
    if sys.platform == "linux":
        try:
            raw = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace").strip()
    return _ps("-ww", "-o", "args=", "-p", str(pid)).strip()


def carries(pid: int, variable: str) -> bool:
    """Return whether a process was started with `NAME=value` in its environment.

    False also when it is gone, or not ours to see.
    """
    if sys.platform == "linux":
        try:
            return variable.encode() in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            return False
    # BSD's `ps -E` prints the environment behind the arguments.
    return variable in _ps("-E", "-ww", "-o", "command=", "-p", str(pid)).split()


def stop_group(group: int, *, grace_s: float, collect: Callable[[], object] = lambda: None) -> bool:
    """Stop every process of a group: ask, wait, then kill. Returns when none is left.

    Args:
        group: The process group's id.
        grace_s: How long they may take to end by themselves.
        collect: Called while waiting; a parent collects its child there.

    Returns:
        Whether they ended by themselves.

    Raises:
        PermissionError: The processes belong to somebody else.
    """
    _signal_group(group, signal.SIGTERM)
    if _wait_until_gone(group, grace_s, collect):
        return True
    _signal_group(group, signal.SIGKILL)
    # A killed process ends unless the kernel itself is stuck in it; then nobody can do more.
    _wait_until_gone(group, 10.0, collect)
    return False


def _wait_until_gone(group: int, limit_s: float, collect: Callable[[], object]) -> bool:
    deadline = time.monotonic() + limit_s
    while True:
        collect()
        if not live_members(group):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _all_states() -> Iterator[ProcessState]:
    if sys.platform == "linux":
        yield from _states_of_proc()
        return
    for line in _ps("-axo", "pid=,pgid=,stat=").splitlines():
        pid, group, state = line.split(None, 2)
        yield ProcessState(int(pid), int(group), state.startswith("Z"))


def _states_of_proc() -> Iterator[ProcessState]:
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        # proc(5): `pid (comm) state ppid pgrp ...`; comm may hold spaces and parentheses.
        state, _, group = text.rpartition(")")[2].split()[:3]
        yield ProcessState(int(folder.name), int(group), state in "ZXx")


def _ps(*arguments: str) -> str:
    program = shutil.which("ps") or "ps"
    done = subprocess.run(  # noqa: S603 - fixed program, arguments are numbers and literals
        [program, *arguments], capture_output=True, text=True, check=False, timeout=_PS_TIMEOUT_S
    )
    return done.stdout
