"""One thing that is wrong in the settings, with its place; shown by the command line."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

Severity = Literal["error", "warning"]
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding about a settings file.

    Attributes:
        file: The file as the user knows it.
        line: 1-based line, or None where the problem is not in a line of the file.
        key: Path of the setting, such as `models.main[1]`, or the name of a variable.
        message: What is wrong and what to do; one sentence in lower case, never a secret.
        severity: An error prevents a start; a warning does not.
    """

    file: str
    line: int | None
    key: str
    message: str
    severity: Severity = "error"

    @override
    def __str__(self) -> str:
        """Return `file:line  key.path  message`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return "  ".join(part for part in (place, self.key, self.message) if part)


def key_text(path: KeyPath) -> str:
    """Return a path as people write it: `("models", "main", 1)` is `models.main[1]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean ...?` naming the closest known word, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    folded = word.casefold()
    close = difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    begun = [name for name in by_folded if len(folded) > 2 and name.startswith(folded)]
    best = next(iter(close or begun), None)
    return f", did you mean `{by_folded[best]}`?" if best else ""


def listed(names: Iterable[str]) -> str:
    """Return names in backticks, separated by commas, in the order given."""
    return ", ".join(f"`{name}`" for name in names)
