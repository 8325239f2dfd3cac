"""What `ccglm up` says when the proxy is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.result import Result
from ccglm.text import duration

if TYPE_CHECKING:
    from ccglm.proxy.up import Up


def parse_port(text: str) -> int | str:
    """Return the port a user wrote: a number, or `auto`.

    Raises:
        ValueError: It is neither.
    """
    if text == "auto":
        return text
    if text.isascii() and text.isdigit() and 0 < int(text) < 65_536:
        return int(text)
    raise ValueError(f"`{text}` is not a port: give a number from 1 to 65535, or `auto`")


def up_view(up: Up, *, took_s: float) -> Result:
    """Return the answer: where it is and who serves."""
    record = up.record
    data: dict[str, object] = {
        "address": record.address,
        "host": record.host,
        "port": record.port,
        "pid": record.pid,
        "detached": record.detached,
        "already_running": up.running is None,
        "demo": record.simulator_pid is not None,
        "settings": record.settings_path,
        "log": record.log_path,
        "chains": up.chains,
        "took_s": round(took_s, 2),
    }
    if up.demo is not None:
        data["simulator_control"] = up.demo.control
    head = (
        f"already running on {record.address} (process {record.pid})"
        if up.running is None
        else f"ready on {record.address} (process {record.pid}, {duration(took_s)})"
    )
    width = max((len(role) for role in up.chains), default=0)
    lines = [f"  {role:<{width}}  {', then '.join(chain)}" for role, chain in up.chains.items()]
    return Result(data, [head, *lines])


def next_step(up: Up) -> str:
    """Return what to run next."""
    how_it_ends = "`ccglm down` stops it"
    if up.running is not None and not up.record.detached:
        how_it_ends = "Ctrl-C stops it"
    return f"`ccglm code` starts Claude Code on it, `ccglm status` and `ccglm logs` look at it; {how_it_ends}"
