"""What `ccglm down` did, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.proxy.stop import Outcome
from ccglm.result import Result

if TYPE_CHECKING:
    from ccglm.proxy.stop import Stopped


def stop_view(stopped: Stopped) -> Result:
    """Return the answer: `{"outcome": "stopped" | "killed" | "already down", "pid": ..., "port": ...}`."""
    outcome, record = stopped
    data: dict[str, object] = {
        "outcome": outcome.value,
        "pid": record.pid if record else None,
        "port": record.port if record else None,
    }
    if record is None or outcome is Outcome.ALREADY_DOWN:
        return Result(data, ["already down"])
    how = " (it did not end by itself)" if outcome is Outcome.KILLED else ""
    return Result(data, [f"stopped the proxy on port {record.port}, process {record.pid}{how}"])
