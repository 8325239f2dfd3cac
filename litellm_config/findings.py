"""Collects what the checks find, each with its line."""

from dataclasses import dataclass, field

from litellm_config.problems import KeyPath, Problem, Severity, key_text
from litellm_config.yaml_text import YamlSource


@dataclass(slots=True)
class Findings:
    """Problems of one settings file, in the order in which they were found.

    Attributes:
        file: Name of the file, for problems.
        source: The file as it was read; without it problems have no line.
        problems: What was found so far.
    """

    file: str
    source: YamlSource | None = None
    problems: list[Problem] = field(default_factory=list[Problem])

    def error(self, path: KeyPath, message: str) -> None:
        """Add a problem that prevents a start."""
        self._add(path, message, "error")

    def warning(self, path: KeyPath, message: str) -> None:
        """Add a problem that does not prevent a start."""
        self._add(path, message, "warning")

    def outside(self, file: str, key: str, message: str, severity: Severity = "error") -> None:
        """Add a problem that is not in the settings file, such as an unset variable."""
        self.problems.append(Problem(file, None, key, message, severity))

    def _add(self, path: KeyPath, message: str, severity: Severity) -> None:
        line = self.source.line_of(path) if self.source else None
        self.problems.append(Problem(self.file, line, key_text(path), message, severity))
