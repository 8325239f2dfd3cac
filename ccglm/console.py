"""The only module that writes to stdout or stderr.

stdout carries the answer, stderr everything else. Commands never ask in which mode they run: with
`--json` the answer is one document, inside a coding agent or a pipe nothing spins, nothing asks and
nothing is cut.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import sys
from typing import TYPE_CHECKING, Final, TextIO

import typer

from ccglm.errors import CcglmError, PrerequisiteError
from ccglm.result import Result, Table, error_document, table_lines
from ccglm.text import cell_width, escape_controls, pad

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from ccglm.errors import ShownProblem

# Variables that coding agents set for the commands they run: Claude Code, Cursor, Codex, Gemini CLI,
# and the general convention. As of 2026-11.
AGENT_VARIABLES: Final = ("CLAUDECODE", "CURSOR_AGENT", "CODEX_SANDBOX", "GEMINI_CLI", "AI_AGENT")

_STYLES: Final = {
    "error": "\x1b[1;31m", "warn": "\x1b[33m", "hint": "\x1b[36m", "ok": "\x1b[32m", "bold": "\x1b[1m",
}  # fmt: skip
_RESET: Final = "\x1b[0m"


class Output:
    """Everything a command says."""

    def __init__(
        self,
        *,
        stdout: TextIO,
        stderr: TextIO,
        environment: Mapping[str, str],
        quiet: bool = False,
        verbose: bool = False,
        no_color: bool = False,
    ) -> None:
        """Decide once what the streams can take.

        Args:
            stdout: Where the answer goes.
            stderr: Where everything else goes.
            environment: `NO_COLOR` and `CCGLM_NO_COLOR` when not empty, and `TERM=dumb`, turn colour off.
            quiet: Keep only the answer, warnings and errors.
            verbose: Add detail.
            no_color: No colour, whatever the streams are.
        """
        self._stdout = stdout
        self._stderr = stderr
        self._quiet = quiet
        self.verbose = verbose
        self.as_json = False
        """Set by `--json`: the answer, or the error, is one JSON document on stdout."""
        agent = any(environment.get(name) for name in AGENT_VARIABLES)
        plain = (
            no_color
            or bool(environment.get("NO_COLOR"))
            or bool(environment.get("CCGLM_NO_COLOR"))
            or environment.get("TERM") == "dumb"
        )
        self._color_out = not plain and not agent and stdout.isatty()
        self._color_err = not plain and not agent and stderr.isatty()
        self.terminal = not agent and stdout.isatty() and environment.get("TERM") != "dumb"
        """Whether the answer is read on a screen, where it may be redrawn."""
        self.draws_blocks = (stdout.encoding or "").lower().startswith("utf")
        """Whether the answer's stream takes block characters, for bars."""
        self.animated = not agent and stderr.isatty() and environment.get("TERM") != "dumb"
        """Whether a spinner makes sense."""
        # Python has no stdin when the shell closed it (`<&-`), whatever its type says.
        stdin: TextIO | None = sys.stdin
        self.interactive = not agent and stderr.isatty() and stdin is not None and stdin.isatty()
        """Whether somebody is there to answer a question."""

    # --- the answer -------------------------------------------------------------------------------

    def answer(self, text: str) -> None:
        """Write text that is the answer itself, such as a file's content, followed by a newline."""
        self._write(self._stdout, text if text.endswith("\n") else text + "\n")

    def line(self, text: str) -> None:
        """Write one line of the answer that somebody else wrote, such as a line of a log."""
        self.answer(escape_controls(text))

    def result(self, result: Result, *, as_json: bool = False) -> None:
        """Write an answer for people, or as one JSON document `{"ok": true, ...}`."""
        if as_json or self.as_json:
            self.json_document({"ok": True, **result.data})
            return
        self._write(self._stdout, self._text_of(result))

    def json_document(self, document: Mapping[str, object]) -> None:
        """Write one JSON document."""
        self.answer(json.dumps(document, ensure_ascii=False, indent=2, default=str))

    def table(self, table: Table) -> None:
        """Write aligned columns; nothing is cut."""
        self._write(self._stdout, "".join(f"{line}\n" for line in self._table_lines(table)))

    @contextlib.contextmanager
    def redrawn(self) -> Generator[Callable[[Result], None]]:
        """Show results while the block runs: each in the place of the last one on a terminal."""
        if self.as_json or not self.terminal:
            yield self.result
            return
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        console = Console(file=self._stdout, no_color=not self._color_out, highlight=False)
        with Live(console=console, auto_refresh=False) as live:

            def show(result: Result) -> None:
                text = Text.from_ansi(self._text_of(result), no_wrap=True, overflow="crop")
                live.update(text, refresh=True)

            yield show

    # --- the talk ---------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Say something that is not the answer; `--quiet` drops it."""
        if not self._quiet:
            self._talk(escape_controls(text))

    def detail(self, text: str) -> None:
        """Say something that only `--verbose` wants."""
        if self.verbose:
            self.note(text)

    def warn(self, text: str) -> None:
        """Say that something is not as it should be; the command goes on."""
        self._talk(f"{self._paint('warning:', 'warn')} {escape_controls(text)}")

    def warn_of(self, problems: Iterable[ShownProblem]) -> None:
        """Show problems that prevent nothing."""
        for problem in problems:
            place = f"{problem.file}:{problem.line}" if problem.line else problem.file
            self.warn("  ".join(part for part in (place, problem.key, problem.message) if part))

    def hint(self, text: str) -> None:
        """Say what to do next, after a blank line."""
        self._talk(f"\n{self._paint('hint:', 'hint')} {escape_controls(text)}")

    def next_step(self, text: str) -> None:
        """Say what to run next, after a blank line; `--quiet` drops it."""
        if not self._quiet:
            self._talk(f"\n{self._paint('next:', 'hint')} {escape_controls(text)}")

    def error(self, error: CcglmError) -> None:
        """Show an error: for people on stderr, or in the JSON form on stdout."""
        if self.as_json:
            self.json_document(error_document(error))
            return
        self._talk(f"{self._paint('error:', 'error')} {escape_controls(error.message)}")
        places = [f"{p.file}:{p.line}" if p.line else p.file for p in error.problems]
        place_width = max((cell_width(place) for place in places), default=0)
        key_width = max((cell_width(p.key) for p in error.problems), default=0)
        for place, problem in zip(places, error.problems, strict=True):
            mark = "" if problem.severity == "error" else f"{problem.severity}: "
            cells = (pad(place, place_width), pad(problem.key, key_width), mark + problem.message)
            self._talk("  " + escape_controls("  ".join(cells)))
        for line in error.details:
            self._talk("  " + escape_controls(line))
        if error.hint:
            self.hint(error.hint)

    @contextlib.contextmanager
    def status(self, text: str) -> Generator[Status]:
        """Show what is going on while the block runs: a spinner on a terminal, lines elsewhere."""
        if not self.animated or self._quiet:
            self.note(text)
            yield Status(text, self.note)
            return
        # Rich takes 70 ms to import; only a terminal that waits anyway pays it.
        from rich.console import Console
        from rich.text import Text

        console = Console(file=self._stderr, no_color=not self._color_err, highlight=False)
        with console.status(Text(escape_controls(text))) as spinner:
            yield Status(text, lambda now: spinner.update(Text(escape_controls(now))))

    # --- questions --------------------------------------------------------------------------------

    def confirm(self, question: str, *, assume_yes: bool, flag: str = "--yes") -> bool:
        """Ask for a yes or no.

        Raises:
            PrerequisiteError: Nobody is there to answer; the message names the flag to pass.
        """
        if assume_yes:
            return True
        self._must_be_interactive(question, f"pass `{flag}` to agree without being asked")
        return typer.confirm(escape_controls(question), err=True)

    def ask_secret(self, question: str, *, otherwise: str) -> str:
        """Ask for a secret without echo; an empty answer is returned as it is.

        Args:
            question: Such as "Cerebras API key".
            otherwise: The hint for when nobody is there to answer.

        Raises:
            PrerequisiteError: Nobody is there to answer.
        """
        self._must_be_interactive(question, otherwise)
        # Turns the echo off before it shows the question, so that nothing typed early is seen or lost.
        return getpass.getpass(f"{escape_controls(question)}: ", stream=self._stderr).strip()

    def _must_be_interactive(self, question: str, hint: str) -> None:
        if not self.interactive:
            raise PrerequisiteError(f"nobody is there to answer: {question}", hint=hint)

    # --- below ------------------------------------------------------------------------------------

    def _text_of(self, result: Result) -> str:
        parts = [
            "\n".join(self._table_lines(block))
            if isinstance(block, Table)
            else escape_controls(block)
            for block in result.blocks
        ]
        return "".join(part if part.endswith("\n") else part + "\n" for part in parts)

    def _table_lines(self, table: Table) -> list[str]:
        header, *rows = table_lines(table)
        return [self._paint(header, "bold", color=self._color_out), *rows]

    def _talk(self, line: str) -> None:
        self._write(self._stderr, line + "\n")

    def _paint(self, text: str, style: str, *, color: bool | None = None) -> str:
        on = self._color_err if color is None else color
        return f"{_STYLES[style]}{text}{_RESET}" if on else text

    @staticmethod
    def _write(stream: TextIO, text: str) -> None:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()


class Status:
    """What is going on; told again only when it changes."""

    def __init__(self, text: str, show: Callable[[str], None]) -> None:
        self._text = text
        self._show = show

    def update(self, text: str) -> None:
        """Tell what is going on now."""
        if text != self._text:
            self._text = text
            self._show(text)
