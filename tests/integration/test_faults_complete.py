"""Every fault the simulator knows by a number has a scenario test."""

from __future__ import annotations

import re
from pathlib import Path

from ccglm.simulator.catalogue import SCENARIOS


def test_every_numbered_fault_has_a_test() -> None:
    here = Path(__file__).parent
    written = "\n".join(path.read_text() for path in here.glob("test_faults_*.py"))
    names = re.findall(r"^async def test_(\w+)", written, re.MULTILINE)
    tested = {
        found.upper().replace("_", "-") for name in names for found in _NUMBERED.findall(name)
    }
    numbered = {name for name in SCENARIOS if _NUMBERED.fullmatch(name.lower().replace("-", "_"))}
    assert len(numbered) == 42
    assert numbered <= tested


_NUMBERED = re.compile(r"(?:cb|za)_\d\d")
