"""Launches of the stand-in proxy, for tests of processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ccglm.proxy.ports import free_port
from ccglm.proxy.run_record import RunRecord
from ccglm.proxy.start import Launch, new_run_id

STAND_IN = Path(__file__).with_name("stand_in_proxy.py")


def a_record(**changes: object) -> RunRecord:
    """Return a complete record, fields replaced as told."""
    fields: dict[str, object] = {
        "pid": 4242,
        "host": "127.0.0.1",
        "port": 4000,
        "run_id": "run-1",
        "started_at": "2026-11-20T12:00:00+00:00",
        "log_path": "/state/logs/proxy.log",
        "version": "0.1.0",
        "settings_path": "/settings/ccglm.yaml",
        "state_path": "/state",
    }
    return RunRecord(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


def a_launch(folder: Path, *, behaviour: str = "", timeout_s: float = 30.0) -> Launch:
    """Return a launch of the stand-in on a free port, everything in `folder`."""
    state = folder / "state"
    state.mkdir(exist_ok=True)
    (state / "litellm.yaml").write_text("model_list: []\n")
    record = a_record(
        pid=2, port=free_port("127.0.0.1"), run_id=new_run_id(), log_path=str(state / "logs" / "proxy.log"),
    )  # fmt: skip
    return Launch(
        record=record,
        environment={"PATH": os.environ["PATH"], "STAND_IN": behaviour},
        config=state / "litellm.yaml",
        log=state / "logs" / "proxy.log",
        record_path=state / "run.json",
        command=(sys.executable, str(STAND_IN)),
        timeout_s=timeout_s,
    )
