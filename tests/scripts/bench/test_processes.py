"""CPU and memory are those of the whole process tree."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scripts.bench.processes import children_of, use_of

_PARENT = """
import subprocess, sys
code = "print(flush=True); input()"
child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()  # it runs: before that its memory is still ours
print(child.pid, flush=True)
input()
child.communicate(b"\\n")
"""


def test_a_tree_is_counted_with_its_children() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert children_of(parent.pid) == [child]
        assert use_of(parent.pid).rss_bytes > use_of(child).rss_bytes > 0
        parent.communicate("\n")
    with pytest.raises(ProcessLookupError):
        use_of(parent.pid)


def test_work_shows_as_cpu_time() -> None:
    before = use_of(os.getpid()).cpu_s
    spin = 0
    while use_of(os.getpid()).cpu_s < before + 0.05:
        spin += 1
    assert spin > 0
