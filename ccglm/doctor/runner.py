"""Run checks side by side, each with its time limit; a crash of a check is a result like any other."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ccglm.doctor.model import (
    CheckResult,
    Fact,
    Finding,
    NotApplicable,
    Remedy,
    Report,
    Severity,
    State,
)
from ccglm.errors import CcglmError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ccglm.doctor.model import Check
    from ccglm.doctor.subject import Subject

SLOW_AFTER_S: Final = 10.0
"""After so long people are told which checks are still at work."""


class _Done(NamedTuple):
    number: int
    result: CheckResult


def run_checks(
    checks: Sequence[Check],
    subject: Subject,
    *,
    tell: Callable[[str], None] = lambda _: None,
    slow_after_s: float = SLOW_AFTER_S,
) -> Report:
    """Run all checks at once and return when each has an answer or its time is up.

    Args:
        checks: In the order of the report.
        subject: What they look at; shared, its slow parts are found out once.
        tell: Is told which checks are slow, when some are.
        slow_after_s: When that is.

    Returns:
        One result for each check, in order.
    """
    answers: queue.SimpleQueue[_Done] = queue.SimpleQueue()
    began = time.monotonic()
    for number, check in enumerate(checks):
        # A daemon: one that hangs must not keep the process from ending.
        threading.Thread(
            target=_work,
            args=(number, check, subject, answers),
            name=f"doctor-{check.name}",
            daemon=True,
        ).start()
    waiting = dict(enumerate(checks))
    results: dict[int, CheckResult] = {}
    told = False
    while waiting:
        waited_s = time.monotonic() - began
        next_end_s = min(check.timeout_s for check in waiting.values())
        next_stop_s = next_end_s if told else min(next_end_s, slow_after_s)
        try:
            done = answers.get(timeout=max(0.0, next_stop_s - waited_s))
        except queue.Empty:
            waited_s = time.monotonic() - began
            for number in [n for n, check in waiting.items() if check.timeout_s <= waited_s]:
                results[number] = _timed_out(waiting.pop(number))
            if waiting and not told and waited_s >= slow_after_s:
                told = True
                tell(f"still waiting for {', '.join(c.name for c in waiting.values())}")
            continue
        if waiting.pop(done.number, None) is not None:
            results[done.number] = done.result
    return Report(tuple(results[number] for number in range(len(checks))))


def _work(number: int, check: Check, subject: Subject, answers: queue.SimpleQueue[_Done]) -> None:
    try:
        result = examine(check, subject)
    except Exception:  # noqa: BLE001 - what cannot even be told without a key in it is not told
        result = CheckResult(check, State.CRASHED, 0.0, reason="the error cannot be shown")
    answers.put(_Done(number, result))


def examine(check: Check, subject: Subject) -> CheckResult:
    """Run one check in this thread, and tell what it found without any key in it."""
    began = time.monotonic()
    findings: list[Finding] = []
    facts: list[str] = []
    state, reason = State.OK, ""
    try:
        for seen in check.examine(subject):
            if isinstance(seen, Fact):
                facts.append(subject.without_secrets(seen.text))
            else:
                findings.append(_without_secrets(seen, subject))
    except NotApplicable as skipped:
        state, reason = State.SKIPPED, str(skipped)
    except CcglmError as error:
        findings.append(_without_secrets(finding_of(error), subject))
    except Exception as error:  # noqa: BLE001 - whatever a check does, the others have their say
        state, reason = State.CRASHED, subject.without_secrets(_place_of(error))
    if findings and state is not State.CRASHED:
        errors = any(finding.severity is Severity.ERROR for finding in findings)
        state = State.FAILED if errors else State.WARNING
    duration_s = time.monotonic() - began
    return CheckResult(check, state, duration_s, tuple(findings), tuple(facts), reason)


def finding_of(error: CcglmError) -> Finding:
    """Return the finding that an error amounts to."""
    details = [str(problem) for problem in error.problems] + list(error.details)
    return Finding(
        error.message,
        "; ".join(details) or "nothing further can be found out here",
        Remedy(error.hint or "repair that, then run `ccglm doctor` again"),
    )


def _without_secrets(finding: Finding, subject: Subject) -> Finding:
    """A provider may repeat a key in what it says, and an address may hold a password."""
    return replace(
        finding,
        what=subject.without_secrets(finding.what),
        why=subject.without_secrets(finding.why),
    )


def _timed_out(check: Check) -> CheckResult:
    reason = f"no answer within {check.timeout_s:g} s"
    return CheckResult(check, State.TIMED_OUT, check.timeout_s, reason=reason)


def _place_of(error: Exception) -> str:
    """Return the error and the line it was raised in, for a report."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = "".join(traceback.format_exception_only(error)).strip()
    return f"{said} ({Path(last.filename).name}:{last.lineno})"
