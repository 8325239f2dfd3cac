"""CPU time and memory of a process and its children, read from /proc (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Use:
    """CPU seconds spent so far and resident bytes now, of a process and all its descendants."""

    cpu_s: float
    rss_bytes: int


def children_of(pid: int) -> list[int]:
    """Return the pids of all descendants of a process that are alive."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                pids = [int(word) for word in tasks.read_text().split()]
            except OSError:
                continue
            found += pids
            waiting += pids
    return found


def use_of(pid: int) -> Use:
    """Return what a process tree has used.

    Raises:
        ProcessLookupError: The process itself is gone.
    """
    if not Path(f"/proc/{pid}").exists():
        raise ProcessLookupError(pid)
    cpu_s = 0.0
    rss_bytes = 0
    for member in [pid, *children_of(pid)]:
        try:
            # The command's name may hold spaces: the fields start after its closing parenthesis.
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        cpu_s += (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
        rss_bytes += int(fields[21]) * _PAGE_BYTES
    return Use(cpu_s, rss_bytes)
