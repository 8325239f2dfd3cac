"""The doctor's report for people and for programs, from the same object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccglm import __version__
from ccglm.console import Result, Table
from ccglm.doctor.model import Severity, State
from ccglm.text import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccglm.doctor.model import Check, CheckResult, Finding, Report

_WORDS: Final = {
    State.OK: "ok",
    State.WARNING: "warn",
    State.FAILED: "fail",
    State.SKIPPED: "-",
    State.TIMED_OUT: "time out",
    State.CRASHED: "crashed",
}


def report_document(report: Report) -> dict[str, object]:
    """Return the report as data.

    Returns:
        `{"version", "healthy", "errors", "warnings", "checks": [{"name", "title", "state", "duration_ms",
        "reason", "facts", "findings": [{"severity", "what", "why", "place", "remedy": {"advice", "commands",
        "fixable"}}]}], "fixed", "not_asked"}`.
    """
    return {
        "version": __version__,
        "healthy": report.healthy,
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "checks": [_result_document(result) for result in report.results],
        "fixed": list(report.fixed),
        "not_asked": report.not_asked,
    }


def _result_document(result: CheckResult) -> dict[str, object]:
    return {
        "name": result.check.name,
        "title": result.check.title,
        "state": str(result.state),
        "duration_ms": round(result.duration_s * 1000),
        "reason": result.reason,
        "facts": list(result.facts),
        "findings": [_finding_document(finding) for finding in result.findings],
    }


def _finding_document(finding: Finding) -> dict[str, object]:
    remedy = finding.remedy
    return {
        "severity": str(finding.severity),
        "what": finding.what,
        "why": finding.why,
        "place": finding.place,
        "remedy": {
            "advice": remedy.advice,
            "commands": list(remedy.commands),
            "fixable": remedy.fix is not None,
        },
    }


def report_view(report: Report, *, verbose: bool = False) -> Result:
    """Return the report: a line a check, then each finding with what to do.

    Args:
        report: What was found.
        verbose: Whether people also see what is as it should be, and how long it took.
    """
    rows = [_row(result, verbose=verbose) for result in report.results]
    columns = ["check", "result", "seen" if verbose else ""]
    blocks: list[str | Table] = [Table(columns, rows)]
    for check, finding in report.findings:
        blocks += ["", *_finding_lines(check, finding)]
    blocks += ["", *(f"fixed: {done}" for done in report.fixed), _sum_of(report)]
    return Result(report_document(report), blocks)


def _row(result: CheckResult, *, verbose: bool) -> Sequence[str]:
    seen = result.reason
    if verbose and not seen:
        seen = "; ".join(result.facts)
    took = f" ({duration(result.duration_s)})" if verbose else ""
    return (result.check.name, _WORDS[result.state], seen + took)


def _finding_lines(check: Check, finding: Finding) -> list[str]:
    remedy = finding.remedy
    place = (
        f"\n  at:  {finding.place}" if finding.place and finding.place not in finding.what else ""
    )
    does_it = " (`ccglm doctor --fix` does it)" if remedy.fix else ""
    return [
        f"{finding.severity}: {finding.what}  [{check.name}]{place}",
        f"  why: {finding.why}",
        f"  do:  {remedy.advice}{does_it}",
        *(f"       $ {command}" for command in remedy.commands),
    ]


def _sum_of(report: Report) -> str:
    looked = sum(result.state is not State.SKIPPED for result in report.results)
    parts = [f"{looked} check{'' if looked == 1 else 's'}", summary(report)]
    if report.not_asked:
        parts.append(f"{report.not_asked} more ask the providers: `ccglm doctor --online`")
    return "; ".join(parts)


def summary(report: Report) -> str:
    """Return what was found in a few words: `2 errors, 1 warning`, `nothing wrong`."""
    counts = [
        f"{number} {severity}{'' if number == 1 else 's'}"
        for severity in Severity
        if (number := report.count(severity))
    ]
    return ", ".join(counts) or "nothing wrong"


def checks_view(checks: Sequence[Check]) -> Result:
    """Return the list of checks, as `{"checks": [{"name", "title", "online", "timeout_s"}]}` for programs."""
    data = [
        {"name": c.name, "title": c.title, "online": c.online, "timeout_s": c.timeout_s}
        for c in checks
    ]
    rows = [(c.name, c.title + ("; asks the providers" if c.online else "")) for c in checks]
    return Result({"checks": data}, [Table(["check", "asks"], rows)])
