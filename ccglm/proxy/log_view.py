"""The proxy's log as `ccglm logs` shows it: the last lines at a level, then what is added."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ccglm.errors import ProxyUnavailable
from ccglm.proxy.log_files import at_level, follow, last_lines, whole_lines_size
from ccglm.proxy.run_record import read_run_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ccglm.paths import Paths
    from ccglm.proxy.log_files import Level

# A line of the level wanted may be far back; so much more than asked for is looked at.
_LOOKED_AT_PER_LINE = 50


class RecentLog(NamedTuple):
    """The end of the log, and where reading goes on."""

    path: Path
    lines: list[str]
    position: int
    """In bytes; everything before it is in `lines` or was left out on purpose."""


def recent_log(paths: Paths, count: int, level: Level, *, whole: bool = False) -> RecentLog:
    """Return the last lines of the proxy's log; of the last proxy when none runs.

    Args:
        paths: Where the run record is.
        count: How many lines at most.
        level: Lowest level to keep.
        whole: Leave out a last line that has no end yet; `follow_log` gives it when it has.

    Raises:
        ProxyUnavailable: There is no log yet.
        PrerequisiteError: The log cannot be read.
    """
    record = read_run_record(paths.run_record)
    path = paths.proxy_log if record is None else Path(record.log_path)
    if not path.exists():
        raise ProxyUnavailable(
            "there is no log yet: the proxy was never started", hint="start it with `ccglm up`"
        )
    position = whole_lines_size(path)
    lines = last_lines(path, count * _LOOKED_AT_PER_LINE, end=position if whole else None)
    kept = list(at_level(lines, level))
    return RecentLog(path, kept[-count:] if count else [], position)


def follow_log(recent: RecentLog, level: Level, wait: Callable[[float], bool]) -> Iterator[str]:
    """Yield what is added after `recent`, at the level wanted; ends when `wait` says so.

    Args:
        recent: From `recent_log`.
        level: Lowest level.
        wait: Waits the seconds given and says whether to end.
    """
    return at_level(follow(recent.path, start=recent.position, wait=wait), level)
