"""Ask the usage store the same question again and again; show the answer when it is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.usage.query import UsageReport

WATCH_EVERY_S: Final = 2.0


def watch(
    ask: Callable[[], UsageReport],
    show: Callable[[UsageReport], None],
    pause: Callable[[float], None],
) -> None:
    """Show the report, then again whenever its numbers have changed, until Ctrl-C.

    Args:
        ask: Makes the report as of now.
        show: Shows a report.
        pause: Waits for so many seconds; Ctrl-C ends it with `KeyboardInterrupt`.
    """
    shown: object = None
    try:
        while True:
            report = ask()
            # The question moves with the clock; only what was recorded makes an answer new.
            numbers = (report.totals, report.groups, report.dropped)
            if numbers != shown:
                show(report)
                shown = numbers
            pause(WATCH_EVERY_S)
    except KeyboardInterrupt:
        return
