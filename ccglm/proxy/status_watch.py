"""Show the status again and again until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.proxy.status import Status

WATCH_EVERY_S: Final = 1.0


def watch_status(
    ask: Callable[[], Status], show: Callable[[Status], None], pause: Callable[[float], None]
) -> None:
    """Show the status every second.

    Args:
        ask: Makes the status as of now; raises when the proxy is gone.
        show: Shows it.
        pause: Waits for so many seconds; Ctrl-C ends it with `KeyboardInterrupt`.
    """
    try:
        while True:
            show(ask())
            pause(WATCH_EVERY_S)
    except KeyboardInterrupt:
        return
