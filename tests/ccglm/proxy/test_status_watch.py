"""The status is asked and shown until Ctrl-C."""

from __future__ import annotations

from typing import cast

from ccglm.proxy.status import Status
from ccglm.proxy.status_watch import WATCH_EVERY_S, watch_status


def test_it_is_shown_each_second_until_ctrl_c() -> None:
    shown: list[object] = []
    pauses: list[float] = []

    def pause(length_s: float) -> None:
        pauses.append(length_s)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    answers = iter("abc")
    watch_status(lambda: cast("Status", next(answers)), shown.append, pause)
    assert shown == ["a", "b", "c"]
    assert pauses == [WATCH_EVERY_S] * 3
