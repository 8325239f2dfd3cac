"""One run of the doctor: choose the checks, run them, repair what is safe, look again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccglm.doctor.checks import CHECKS
from ccglm.doctor.fixes import apply_fixes
from ccglm.doctor.runner import run_checks
from ccglm.doctor.subject import Machine, Subject
from ccglm.doctor.views import report_document, summary
from ccglm.errors import CcglmError
from litellm_config.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ccglm.context import AppContext
    from ccglm.doctor.model import Check, Report


@dataclass(frozen=True)
class Examination:
    """What the user asked for."""

    working_folder: Path
    """Where Claude Code would be started."""
    only: Sequence[str] = ()
    """Names of checks; none: all of them."""
    online: bool = False
    fix: bool = False
    machine: Machine = dataclasses.field(default_factory=Machine)

    def chosen(self) -> list[Check]:
        """Return the checks to run.

        Raises:
            ValueError: A name is not a check's, or its check asks a provider and that is not wanted.
        """
        by_name = {check.name: check for check in CHECKS}
        for name in self.only:
            if name not in by_name:
                raise ValueError(f"there is no check `{name}`{did_you_mean(name, by_name)}")
            if by_name[name].online and not self.online:
                raise ValueError(f"`{name}` asks the providers: add `--online`")
        wanted = {*self.only} or {*by_name}
        return [c for c in CHECKS if c.name in wanted and (self.online or not c.online)]

    @property
    def not_asked(self) -> int:
        """How many checks are left out because they ask a provider."""
        return 0 if self.online or self.only else sum(check.online for check in CHECKS)


def diagnose(
    app: AppContext, examination: Examination, *, tell: Callable[[str], None] = lambda _: None
) -> Report:
    """Examine the set-up, and repair what is safe if that is wanted.

    Args:
        app: Environment, places, clock.
        examination: What is wanted.
        tell: Is told what is going on.

    Returns:
        What is the case now: after a repair the checks run again.

    Raises:
        ValueError: As `Examination.chosen`.
        PrerequisiteError: A repair was wanted and could not be made.
    """
    checks = examination.chosen()
    report = _look(app, examination, checks, tell)
    if examination.fix:
        tell("repairing")
        done = apply_fixes(report)
        if done:
            tell("looking again")
            report = _look(app, examination, checks, tell)
        report = dataclasses.replace(report, fixed=tuple(done))
    return dataclasses.replace(report, not_asked=examination.not_asked)


def _look(
    app: AppContext, examination: Examination, checks: list[Check], tell: Callable[[str], None]
) -> Report:
    subject = Subject(app, working_folder=examination.working_folder, machine=examination.machine)
    return run_checks(checks, subject, tell=tell)


def verdict(report: Report) -> CcglmError | None:
    """Return the error that a report amounts to, or None for a healthy set-up.

    Its JSON form carries the whole report.
    """
    if report.healthy:
        return None
    fixable = sum(finding.remedy.fix is not None for _, finding in report.findings)
    hint = f"`ccglm doctor --fix` repairs {fixable} of them" if fixable else None
    return CcglmError(f"found {summary(report)}", hint=hint, data=report_document(report))
