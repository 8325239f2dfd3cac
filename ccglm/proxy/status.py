"""What runs now: the proxy, its chains, what it served. Reads only; one report, two views."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callbacks.usage_queries import Span, Totals, provider_shares, total
from callbacks.usage_schema import StoreError, read_store
from ccglm import __version__
from ccglm.proxy.active import require_active
from ccglm.proxy.generated import read_chains
from ccglm.proxy.key_status import ask_keys, key_lines
from ccglm.result import Result
from ccglm.text import count, duration, local_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from ccglm.paths import Paths
    from ccglm.proxy.active import ActiveProxy


@dataclass(frozen=True)
class Served:
    """What the running proxy served since it started."""

    totals: Totals
    by_provider: dict[str, int]
    """Served requests per provider, most first."""


@dataclass(frozen=True)
class Status:
    """The running proxy."""

    active: ActiveProxy
    uptime_s: float
    chains: dict[str, list[str]]
    """Role to its members, first that can, serves; empty when the generated file cannot be read."""
    served: Served | None
    """None when nothing was recorded, or the store cannot be read."""
    keys: list[dict[str, Any]]
    """What the proxy says of each key; empty when it does not answer."""
    at: datetime
    """When it was asked, aware."""

    @property
    def version_skew(self) -> bool:
        """Whether the proxy was started by another version of ccglm than this one."""
        return self.active.record.version != __version__


def proxy_status(
    paths: Paths, now: datetime, environment: Mapping[str, str] | None = None
) -> Status:
    """Return what runs now.

    Args:
        paths: Where the run record is.
        now: Wall clock, aware.
        environment: The user's, for the proxy's token.

    Raises:
        ProxyUnavailable: Nothing does.
        PrerequisiteError: The run record cannot be read.
    """
    active = require_active(paths.run_record)
    record = active.record
    return Status(
        active=active,
        uptime_s=max(0.0, (now - record.started).total_seconds()),
        chains=read_chains(record.paths.hook_settings),
        served=_served(record.paths.usage_db, record.started, now),
        keys=ask_keys(record, environment or {}),
        at=now,
    )


def _served(path: Path, since: datetime, until: datetime) -> Served | None:
    span = Span(int(since.timestamp() * 1000), int(until.timestamp() * 1000) + 1)
    try:
        connection = read_store(path)
        if connection is None:
            return None
        with closing(connection):
            shares = provider_shares(connection, span)
            return Served(
                total(connection, span, {}), {share.provider: share.requests for share in shares}
            )
    except StoreError:
        return None


def status_view(status: Status) -> Result:
    """Return the status for people and for programs."""
    record, readiness = status.active
    ready = readiness is not None and readiness.ready
    data: dict[str, object] = {
        "running": True,
        "ready": ready,
        "warm": readiness is not None and readiness.warm,
        "address": record.address,
        "host": record.host,
        "port": record.port,
        "pid": record.pid,
        "started_at": record.started_at,
        "uptime_s": round(status.uptime_s, 1),
        "version": record.version,
        "installed_version": __version__,
        "version_skew": status.version_skew,
        "detached": record.detached,
        "demo": record.simulator_pid is not None,
        "settings": record.settings_path,
        "log": record.log_path,
        "chains": status.chains,
        "requests": _served_document(status.served),
        "keys": status.keys,
    }
    return Result(data, _lines(status))


def _served_document(served: Served | None) -> dict[str, object] | None:
    if served is None:
        return None
    totals = served.totals
    return {
        "total": totals.requests,
        "served": totals.served,
        "failed": totals.failed,
        "cancelled": totals.cancelled,
        "fallbacks": totals.fallbacks,
        "by_provider": served.by_provider,
    }


def _lines(status: Status) -> list[str]:
    record, readiness = status.active
    state = "running" if readiness and readiness.ready else "starting, or not answering"
    rows = {
        "proxy": f"{state} for {duration(status.uptime_s)}, since {local_time(record.started)}",
        "address": record.address,
        "process": f"{record.pid}, version {record.version}",
        **{role: ", then ".join(members) for role, members in status.chains.items()},
        "settings": record.settings_path,
        "log": record.log_path,
    }
    if record.simulator_pid is not None:
        rows["demo"] = f"simulated providers, process {record.simulator_pid}"
    if status.served is not None:
        rows["requests"] = _served_line(status.served)
    width = max(len(name) for name in rows)
    lines = [f"{name:<{width}}  {text}" for name, text in rows.items()]
    return [*lines, *(["", *keys] if (keys := key_lines(status.keys, status.at)) else [])]


def _served_line(served: Served) -> str:
    totals = served.totals
    by = ", ".join(f"{name} {count(number)}" for name, number in served.by_provider.items())
    return (
        f"{count(totals.served)} served{f' ({by})' if by else ''}, "
        f"{count(totals.fallbacks)} of them on fallback, {count(totals.failed)} failed"
    )
