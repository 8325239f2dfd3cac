"""Watching shows an answer when it is new and ends with Ctrl-C."""

from __future__ import annotations

from callbacks.usage_queries import Group, Span
from ccglm.usage.query import NOTHING, UsageQuestion, UsageReport
from ccglm.usage.watch import WATCH_EVERY_S, watch


def a_report(until_ms: int, groups: tuple[Group, ...] = ()) -> UsageReport:
    return UsageReport(UsageQuestion("day", Span(0, until_ms)), NOTHING, groups, (), None, 0)


def test_an_answer_is_shown_again_only_when_its_numbers_changed() -> None:
    new = (Group("2026-11-21", NOTHING),)
    answers = [a_report(1), a_report(2), a_report(3, new), a_report(4, new)]
    shown: list[UsageReport] = []
    pauses: list[float] = []

    def pause(wait_s: float) -> None:
        pauses.append(wait_s)
        if not answers:
            raise KeyboardInterrupt

    watch(lambda: answers.pop(0), shown.append, pause)

    assert [report.question.span.until_ms for report in shown] == [1, 3]
    assert pauses == [WATCH_EVERY_S] * 4
