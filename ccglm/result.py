"""An answer in both its forms, for people and for programs, before it is written.

Built by the views of the library; written by `ccglm.console`, and by nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ccglm.text import cell_width, escape_controls, pad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccglm.errors import CcglmError, ShownProblem


@dataclass(frozen=True)
class Table:
    """Rows under column names; numbers are aligned to the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[str] = frozenset()
    """Names of the columns that hold numbers."""


@dataclass(frozen=True)
class Result:
    """An answer in both its forms, built from the same values."""

    data: Mapping[str, object]
    """The JSON document without `ok`."""
    blocks: Sequence[str | Table] = field(default=())
    """What people see: lines and tables, in order."""


def table_lines(table: Table) -> list[str]:
    """Return a table as aligned lines, the column names first; nothing is cut."""
    lines = [
        [escape_controls(cell, keep="") for cell in row] for row in (table.columns, *table.rows)
    ]
    widths = [max(map(cell_width, cells)) for cells in zip(*lines, strict=True)]
    return [
        "  ".join(
            pad(cell, width, right=name in table.right)
            for cell, width, name in zip(line, widths, table.columns, strict=True)
        ).rstrip()
        for line in lines
    ]


def problem_document(problem: ShownProblem) -> dict[str, object]:
    """Return the JSON form of a problem: `{"file", "line", "key", "message", "severity"}`."""
    return {
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
        "severity": problem.severity,
    }


def error_document(error: CcglmError) -> dict[str, object]:
    """Return the JSON form of an error.

    Returns:
        `{"ok": false, **data, "error": {"code", "message", "hint", "problems"}, "exit_code"}`; `error` has
        `details`, the lines below the message, where there are any.
    """
    return {
        "ok": False,
        **error.data,
        "error": {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "problems": [problem_document(problem) for problem in error.problems],
            **({"details": list(error.details)} if error.details else {}),
        },
        "exit_code": int(error.exit_code),
    }
