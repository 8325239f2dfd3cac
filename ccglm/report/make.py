"""Make the report: examine, collect, clean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ccglm.doctor.examination import Examination
from ccglm.doctor.runner import run_checks
from ccglm.doctor.subject import Subject
from ccglm.redaction import HIDDEN, Redactor, known_secrets
from ccglm.report.collect import collect
from ccglm.report.document import cleaned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccglm.context import AppContext
    from ccglm.report.document import Section

_HOME: Final = "~"
_HARMLESS: Final = ("_API_BASE",)
"""Endings of the variables in `.env` that are no secrets."""


def make_report(
    app: AppContext,
    examination: Examination,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Section]:
    """Return the report, without keys and without the name of the home folder.

    Args:
        app: Environment, places, clock.
        examination: Which checks run, and where.
        tell: Is told what is going on.

    Raises:
        ValueError: As `Examination.chosen`.
    """
    subject = Subject(app, working_folder=examination.working_folder, machine=examination.machine)
    examined = run_checks(examination.chosen(), subject, tell=tell)
    redactor = _redactor_for(subject)
    home = _home_of(app.environment)

    def clean(text: str) -> str:
        text = redactor.hide_all(text)
        return text.replace(home, _HOME) if home else text

    return cleaned(collect(subject, examined), clean)


def _redactor_for(subject: Subject) -> Redactor:
    """Return what hides every secret of the set-up, however its variable is called."""
    from ccglm.errors import CcglmError

    known = known_secrets(
        subject.environment, *(source.variables for source in subject.client().sources)
    )
    try:
        stored = subject.dotenv()
    except CcglmError:
        stored = {}
    known |= {value: name for name, value in stored.items() if not name.endswith(_HARMLESS)}
    for name in _named_keys(subject):
        value = subject.environment.get(name) or stored.get(name) or ""
        if value:
            known[value] = name
    return Redactor(known | _misplaced_keys(subject))


def _named_keys(subject: Subject) -> list[str]:
    return [key for provider in _providers(subject) for key in provider]


def _providers(subject: Subject) -> list[tuple[str, ...]]:
    from ccglm.doctor.model import NotApplicable
    from ccglm.errors import CcglmError

    try:
        draft = subject.loaded().draft
    except (NotApplicable, CcglmError):
        return []
    return [provider.keys for provider in draft.providers.values()] if draft else []


def _misplaced_keys(subject: Subject) -> dict[str, str]:
    """Return keys that were put where the names of their variables belong."""
    from litellm_config.secrets import is_variable_name

    return {
        key: HIDDEN.strip("<>")
        for key in _named_keys(subject)
        if not is_variable_name(key) or not key.isupper()
    }


def _home_of(environment: Mapping[str, str]) -> str:
    home = environment.get("HOME") or environment.get("USERPROFILE") or str(Path.home())
    return home if len(home) > 1 else ""
