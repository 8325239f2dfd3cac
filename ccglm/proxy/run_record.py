"""The record of a running proxy: enough to find it again, prove that it is ours, and stop it.

One file in the state folder, written by `up`, read by `down`, `status`, `logs`, `claude-env` and `code`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ccglm.files import SECRET_MODE, read_text, write_atomic
from ccglm.paths import Paths


@dataclass(frozen=True)
class RunRecord:
    """One proxy that was started and not yet stopped."""

    pid: int
    """The proxy process; also the id of its process group and session."""
    host: str
    """Where it listens; may be a wildcard such as `0.0.0.0`."""
    port: int
    run_id: str
    """Random; `GET /ccglm/ready` gives it back, which proves that the answer is this proxy's."""
    started_at: str
    """ISO 8601, UTC."""
    log_path: str
    version: str
    """Version of ccglm that started it."""
    settings_path: str
    state_path: str
    """Folder of the files it was started from; the demo has its own."""
    detached: bool = False
    stopping: bool = False
    """Set by `down` before it signals, so that a waiting `up` knows that nothing crashed."""
    simulator_pid: int | None = None
    """Process group of the simulator that `up --demo` started beside it."""

    @property
    def address(self) -> str:
        """Where a client on this machine reaches it, `http://127.0.0.1:4000`."""
        return f"http://{url_host(self.host)}:{self.port}"

    @property
    def paths(self) -> Paths:
        """The settings and the state folder it was started from."""
        return Paths(settings=Path(self.settings_path), state=Path(self.state_path))

    @property
    def started(self) -> datetime:
        """When it was started; aware."""
        return datetime.fromisoformat(self.started_at)


def url_host(host: str) -> str:
    """Return the host of a URL that reaches a server listening on `host`, from this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"[{reached}]" if ":" in reached else reached


def read_run_record(path: Path) -> RunRecord | None:
    """Return the record, or None when there is none, or none that this version understands.

    Raises:
        PrerequisiteError: The file is there and cannot be read.
    """
    try:
        return _parsed(json.loads(read_text(path) or "{}"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _parsed(document: dict[str, Any]) -> RunRecord:
    """Return the record in a JSON document; raises what a wrong shape raises for another."""
    simulator = document.get("simulator_pid")
    record = RunRecord(
        pid=int(document["pid"]),
        host=str(document["host"]),
        port=int(document["port"]),
        run_id=str(document["run_id"]),
        started_at=str(document["started_at"]),
        log_path=str(document["log_path"]),
        version=str(document["version"]),
        settings_path=str(document["settings_path"]),
        state_path=str(document["state_path"]),
        detached=document.get("detached") is True,
        stopping=document.get("stopping") is True,
        simulator_pid=None if simulator is None else int(simulator),
    )
    # Signals to the groups 0 and 1 would reach ourselves, or everything.
    simulator_group = record.pid if record.simulator_pid is None else record.simulator_pid
    if min(record.pid, simulator_group) <= 1 or record.started.tzinfo is None:
        raise ValueError("not a record of ours")
    return record


def write_run_record(path: Path, record: RunRecord) -> None:
    """Write the record; readers see the old one or the new one.

    Raises:
        PrerequisiteError: The state folder cannot be written.
    """
    text = json.dumps(dataclasses.asdict(record), indent=2) + "\n"
    write_atomic(path, text, mode=SECRET_MODE)


def remove_run_record(path: Path, run_id: str) -> None:
    """Remove the record if it is still the one of this run; another run's record stays."""
    record = read_run_record(path)
    if record is None or record.run_id == run_id:
        with contextlib.suppress(OSError):
            path.unlink()


def was_told_to_stop(path: Path, run_id: str) -> bool:
    """Return whether `ccglm down` stops, or has stopped, this run: its record says so or is gone."""
    record = read_run_record(path)
    return record is None or record.run_id != run_id or record.stopping
