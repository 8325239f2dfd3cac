"""What goes into the report; every source may be broken, which is then what the report says."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ccglm import __version__
from ccglm.doctor.client_program import look_at_client
from ccglm.doctor.model import NotApplicable, Severity, State
from ccglm.doctor.views import summary
from ccglm.dotenv_file import read_dotenv
from ccglm.errors import CcglmError
from ccglm.files import read_text
from ccglm.proxy.log_files import at_level, last_lines
from ccglm.proxy.run_record import read_run_record
from ccglm.report.document import Section
from ccglm.report.recent_failures import recent_failures
from ccglm.report.settings_text import shown_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccglm.doctor.client_settings import Source
    from ccglm.doctor.model import Report
    from ccglm.doctor.subject import Subject
    from ccglm.proxy.run_record import RunRecord

LOG_LINES: Final = 40
_LOOKED_AT_LINES: Final = 4_000
_LINE_CHARS: Final = 400
_CRASH_LINES: Final = 25
# What decides how ccglm, LiteLLM and Claude Code behave. Everything else in an environment is nobody's business.
_PREFIXES: Final = (
    "CCGLM_", "CEREBRAS_", "ZAI_", "ANTHROPIC_", "CLAUDE", "API_", "LITELLM_", "DISABLE_", "ENABLE_", "SSL_CERT_",
)  # fmt: skip
_NAMES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE",
                 "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "LANG", "TERM", "SHELL", "MAX_THINKING_TOKENS")  # fmt: skip
# What is called so is never shown; nor are texts of the user's own, which may hold a key in any form.
_SECRET_WORDS: Final = ("KEY", "SECRET", "PASSW", "CREDENTIAL", "TOKEN")
_TEXT_WORDS: Final = ("HEADER", "BODY", "AUTH", "TOKENS")


def collect(subject: Subject, examined: Report) -> list[Section]:
    """Return every section, secrets still in it.

    Args:
        subject: The set-up.
        examined: What the doctor found.
    """
    return [
        Section("Versions", list(_versions(subject))),
        Section(f"ccglm doctor: {summary(examined)}", list(_findings(examined))),
        Section("Proxy", list(_proxy(subject))),
        Section("Settings", _settings(subject)),
        Section("Variables", list(_variables(subject))),
        Section("Claude Code's settings", list(_client(subject))),
        Section("Last failures and fallbacks", recent_failures(_usage_db(subject))),
        Section("Log, warnings and errors", _log(subject)),
        *_crash(subject),
    ]


def _versions(subject: Subject) -> Iterator[str]:
    yield f"ccglm {__version__}"
    try:
        yield f"LiteLLM {subject.installation().litellm_version}"
    except CcglmError as error:
        yield f"LiteLLM: {error.message}"
    try:
        yield f"Claude Code {look_at_client(subject.environment).version_text}"
    except CcglmError as error:
        yield f"Claude Code: {error.message}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    yield platform.platform()
    yield f"{subject.app.now():%Y-%m-%dT%H:%M:%SZ}"


def _findings(report: Report) -> Iterator[str]:
    for check, finding in report.findings:
        yield f"{finding.severity}  [{check.name}]  {finding.what}"
        if finding.severity is Severity.ERROR:
            yield f"    {finding.why}"
    for result in report.results:
        if result.state in (State.CRASHED, State.TIMED_OUT):
            yield f"{result.state}  [{result.check.name}]  {result.reason}"


def _proxy(subject: Subject) -> Iterator[str]:
    try:
        active = subject.active()
    except NotApplicable as error:
        yield str(error)
        return
    if active is None:
        yield "does not run"
        return
    record, readiness = active
    state = "does not answer"
    if readiness is not None:
        state = "warm" if readiness.warm else "not warm"
    yield f"{record.address}, {state}, version {record.version}, since {record.started_at}"
    if record.simulator_pid is not None:
        yield "with simulated providers"


def _settings(subject: Subject) -> list[str]:
    try:
        text = read_text(subject.paths.settings)
    except CcglmError as error:
        return [error.message]
    return ["(none)"] if text is None else shown_settings(text)


def _variables(subject: Subject) -> Iterator[str]:
    yield from _shown("environment", subject.environment)
    try:
        stored = read_dotenv(subject.paths.secrets)
    except CcglmError as error:
        yield error.message
        return
    for name, value in stored.items():
        # An address is worth seeing; whatever else is in that file is there because it is secret.
        shown = f"={value}" if name.endswith("_API_BASE") else _length_of(value)
        yield f".env: {name}{shown}"


def _shown(place: str, variables: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(variables):
        if not (name.startswith(_PREFIXES) or name.upper() in _NAMES):
            continue
        value = variables[name]
        yield f"{place}: {name}{_length_of(value) if _is_hidden(name, value) else f'={value}'}"


def _is_hidden(name: str, value: str) -> bool:
    upper = name.upper()
    if any(word in upper for word in _SECRET_WORDS) and not upper.endswith("_TOKENS"):
        return True
    # `..._TOKENS=131072`, `..._HEADER=0`
    return any(word in upper for word in _TEXT_WORDS) and not value.isdecimal()


def _length_of(value: str) -> str:
    return f" is a text of {len(value)}" if value else " is empty"


def _client(subject: Subject) -> Iterator[str]:
    client = subject.client()
    for unreadable in client.unreadable:
        yield f"{unreadable.path}: not read: {unreadable.reason}"
    for source in client.sources:
        if source.path is not None:
            yield from _client_file(source)


def _client_file(source: Source) -> Iterator[str]:
    yield f"{source.name}: {source.path}"
    yield f"    settings: {', '.join(sorted(source.document)) or 'none'}"
    model = source.document.get("model")
    if isinstance(model, str):
        yield f"    model: {model}"
    for line in _shown("env", source.variables):
        yield f"    {line}"


def _usage_db(subject: Subject) -> Path:
    record = _record(subject)
    return subject.paths.usage_db if record is None else record.paths.usage_db


def _record(subject: Subject) -> RunRecord | None:
    try:
        return read_run_record(subject.paths.run_record)
    except CcglmError:
        return None  # the part about the proxy says so


def _log(subject: Subject) -> list[str]:
    if _logs_content(subject):
        return ["(left out: `logging.content` is on, so prompts and answers may be in it)"]
    record = _record(subject)
    path = subject.paths.proxy_log if record is None else Path(record.log_path)
    try:
        lines = last_lines(path, _LOOKED_AT_LINES)
    except CcglmError as error:
        return [error.message]
    return [_cut(line) for line in list(at_level(lines, "warning"))[-LOG_LINES:]]


def _logs_content(subject: Subject) -> bool:
    """Return whether prompts may be in the log; also when nobody can tell."""
    try:
        draft = subject.loaded().draft
    except NotApplicable:
        return False
    except CcglmError:
        return True
    return draft is None or draft.logging.content


def _crash(subject: Subject) -> list[Section]:
    crashes = sorted(subject.paths.logs.glob("crash-*.log"))
    if not crashes:
        return []
    try:
        lines = last_lines(crashes[-1], _CRASH_LINES)
    except CcglmError as error:
        lines = [error.message]
    return [Section(f"Last crash, {crashes[-1].name}", [_cut(line) for line in lines])]


def _cut(line: str) -> str:
    return line if len(line) <= _LINE_CHARS else line[: _LINE_CHARS - 1] + "…"
