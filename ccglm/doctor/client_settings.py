"""What Claude Code would be told here: its settings files and the shell's variables, and which wins.

Reads only. The order was measured with Claude Code 2.1.329 on 2026-11-20: a project's local file wins over the
project's, that over the user's, that over the shell; managed settings win over all (official documentation).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ccglm.claude.scopes import Scope, settings_files
from ccglm.claude.settings_text import read_document
from ccglm.errors import CcglmError
from ccglm.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHELL: Final = "the shell"
_ORDER: Final = ((Scope.USER, "user"), (Scope.PROJECT, "project"), (Scope.LOCAL, "local"))
_MANAGED: Final = {
    "darwin": Path("/Library/Application Support/ClaudeCode/managed-settings.json"),
    "win32": Path("C:/Program Files/ClaudeCode/managed-settings.json"),
}
_MANAGED_ELSEWHERE: Final = Path("/etc/claude-code/managed-settings.json")


@dataclass(frozen=True)
class Source:
    """One place settings come from."""

    name: str
    """`user`, `project`, `local`, `managed`, or the shell."""
    path: Path | None
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """Its `env` block; of the shell, its variables."""

    def describe(self) -> str:
        """Return it for people: the file's path, or `the shell`."""
        return f"`{self.path}`" if self.path else self.name


class Told(NamedTuple):
    """A value and where it comes from."""

    value: str
    source: Source


class Unreadable(NamedTuple):
    """A settings file that the client skips."""

    path: Path
    reason: str


@dataclass(frozen=True)
class ClientSettings:
    """Every source, the weakest first."""

    sources: Sequence[Source]
    unreadable: Sequence[Unreadable]
    searched: Sequence[Path]
    """Files the client would read, there or not, the weakest first."""

    def told(self, variable: str) -> Told | None:
        """Return the value of a variable that holds for the client; None when unset or emptied."""
        for source in reversed(self.sources):
            if variable in source.variables:
                value = source.variables[variable]
                return Told(value, source) if value else None
        return None

    def value(self, variable: str) -> str:
        """Return the value of a variable that holds for the client; "" when there is none."""
        told = self.told(variable)
        return told.value if told else ""

    def key(self, name: str) -> Told | None:
        """Return a top-level text of the settings files, such as `model`; None when none has it."""
        for source in reversed(self.sources):
            value = source.document.get(name)
            if isinstance(value, str) and value:
                return Told(value, source)
        return None

    def overridden(self) -> Iterator[tuple[str, Told]]:
        """Yield the shell's variables that a settings file replaces by another value, with that one."""
        shell = self.sources[0]
        for name, value in shell.variables.items():
            told = self.told(name)
            if value and told and told.source is not shell and told.value != value:
                yield name, told


def read_client_settings(environment: Mapping[str, str], working_folder: Path) -> ClientSettings:
    """Read everything Claude Code would read when it is started in a folder.

    Args:
        environment: The shell's; `CLAUDE_CONFIG_DIR` moves the user's file.
        working_folder: Where the client is started.

    Returns:
        The sources; a file that is no JSON object is left out, as the client leaves it out.
    """
    places = [
        (name, settings_files(scope, environment=environment, working_folder=working_folder)[0])
        for scope, name in _ORDER
    ]
    places.append(("managed", _MANAGED.get(sys.platform, _MANAGED_ELSEWHERE)))
    sources = [Source(SHELL, None, variables=environment)]
    unreadable: list[Unreadable] = []
    for name, path in places:
        try:
            text = read_text(path)
            if text is not None:
                document = read_document(text, str(path))
                sources.append(Source(name, path, document, _variables(document)))
        except CcglmError as error:
            problem = error.problems[0] if error.problems else None
            line = f"line {problem.line}: " if problem and problem.line else ""
            reason = f"{line}{problem.message}" if problem else error.message
            unreadable.append(Unreadable(path, reason))
    return ClientSettings(sources, unreadable, [path for _, path in places])


def _variables(document: Mapping[str, Any]) -> dict[str, str]:
    block = document.get("env")
    if not isinstance(block, dict):
        return {}
    items = cast("dict[str, object]", block).items()
    return {name: str(value) for name, value in items if isinstance(value, str | int | float)}
