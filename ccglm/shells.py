"""Assignments for the shells people use, quoted so that the value survives `eval` unchanged.

Pure text in, text out. Every statement ends in `;`, so that the result also works when the caller
forgot the quotes around `$(...)` and the lines were joined.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# PowerShell reads the typographic single quotes like the plain one, also as the end of a string
# (about_Quoting_Rules, read 2026-11-20); inside a string each is doubled.
_POWERSHELL_QUOTES = "'\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}"


class Shell(StrEnum):
    """A family of shells with one syntax."""

    SH = "sh"
    """POSIX: sh, bash, zsh, dash, ksh."""
    FISH = "fish"
    POWERSHELL = "powershell"


def detect_shell(environment: Mapping[str, str]) -> Shell:
    """Guess the shell that will read our output.

    Args:
        environment: `SHELL` names the login shell on POSIX systems; without it `PSModulePath`
            (set by PowerShell, and by Windows for everybody) means PowerShell.

    Returns:
        The shell; `sh` when nothing says otherwise.
    """
    login_shell = PurePosixPath(environment.get("SHELL", "").replace("\\", "/")).name
    if login_shell.startswith("fish"):
        return Shell.FISH
    if login_shell.startswith("pwsh") or (not login_shell and "PSModulePath" in environment):
        return Shell.POWERSHELL
    return Shell.SH


def quote(shell: Shell, text: str) -> str:
    """Return `text` as one literal word of the shell; nothing in it is expanded.

    Raises:
        ValueError: The text holds a NUL character, which no environment variable can.
    """
    if "\0" in text:
        raise ValueError("an environment variable cannot hold a NUL character")
    if shell is Shell.SH:
        return "'" + text.replace("'", "'\\''") + "'"
    if shell is Shell.FISH:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    doubled = "".join(char * 2 if char in _POWERSHELL_QUOTES else char for char in text)
    return f"'{doubled}'"


def assignment(shell: Shell, name: str, value: str) -> str:
    """Return the statement that sets and exports a variable."""
    quoted = quote(shell, value)
    if shell is Shell.SH:
        return f"export {name}={quoted};"
    if shell is Shell.FISH:
        return f"set -gx {name} {quoted};"
    return f"$env:{name} = {quoted};"


def removal(shell: Shell, name: str) -> str:
    """Return the statement that removes a variable; no complaint when it is not set."""
    if shell is Shell.SH:
        return f"unset {name};"
    if shell is Shell.FISH:
        return f"set -e {name};"
    return f"Remove-Item Env:{name} -ErrorAction SilentlyContinue;"
