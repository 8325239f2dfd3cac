"""What a check is and what comes out of it: data only, built once, shown as text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ccglm.doctor.subject import Subject

CHECK_TIMEOUT_S: Final = 20.0
"""For a check that says nothing else: they read files and ask this machine, on a slow disk too."""


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """Something does not work, or a key is open to others; the exit code is 1."""
    WARNING = "warning"
    """It works, but worse than it could, or not for long."""


@dataclass(frozen=True)
class Remedy:
    """What to do about a finding."""

    advice: str
    """One sentence, first word lower case, no full stop."""
    commands: tuple[str, ...] = ()
    """Shell commands that do it, in order."""
    fix: Callable[[], str] | None = None
    """Does it, and says what was done; only where nothing of the user's can be lost."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    what: str
    """What is the case: first word lower case, no full stop, never a secret."""
    why: str
    """What comes of it."""
    remedy: Remedy
    severity: Severity = Severity.ERROR
    place: str = ""
    """File, or `file:line`, where there is one."""


class Fact(NamedTuple):
    """Something a check saw that is as it should be; shown with `--verbose` and in JSON."""

    text: str


class NotApplicable(Exception):  # noqa: N818 - it says that nothing is wrong here
    """The check has nothing to look at, such as a proxy that does not run; the message says what."""


Examined: TypeAlias = "Iterable[Finding | Fact]"


class Check(NamedTuple):
    """One thing the doctor looks at."""

    name: str
    """For `--only`: lower case, hyphens."""
    title: str
    """What it asks, for `--list-checks`."""
    examine: Callable[[Subject], Examined]
    """Finds what is wrong. A `CcglmError` it raises is a finding; anything else is a crash of the check."""
    online: bool = False
    """Whether it asks a provider; run only when that is wanted."""
    timeout_s: float = CHECK_TIMEOUT_S


class State(StrEnum):
    """What became of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It had nothing to look at."""
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    """The check itself is broken, or met what it did not expect."""


UNHEALTHY: Final = frozenset({State.FAILED, State.TIMED_OUT, State.CRASHED})


@dataclass(frozen=True)
class CheckResult:
    """One check and what it found."""

    check: Check
    state: State
    duration_s: float
    findings: tuple[Finding, ...] = ()
    facts: tuple[str, ...] = ()
    reason: str = ""
    """Why it was skipped, or how it crashed; never a secret."""


@dataclass(frozen=True)
class Report:
    """Everything that was looked at, in the order of the checks."""

    results: tuple[CheckResult, ...]
    fixed: tuple[str, ...] = ()
    """What `--fix` did."""
    not_asked: int = 0
    """Checks left out because they ask a provider."""

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong that needs doing; warnings do not count."""
        return not any(result.state in UNHEALTHY for result in self.results)

    @property
    def findings(self) -> list[tuple[Check, Finding]]:
        """Every finding with its check, errors first."""
        found = [(result.check, finding) for result in self.results for finding in result.findings]
        return sorted(found, key=lambda pair: pair[1].severity is not Severity.ERROR)

    def count(self, severity: Severity) -> int:
        """Return how many findings there are of a severity; a check without an answer is an error."""
        found = sum(finding.severity is severity for _, finding in self.findings)
        if severity is Severity.ERROR:
            found += sum(
                result.state in (State.TIMED_OUT, State.CRASHED) for result in self.results
            )
        return found
