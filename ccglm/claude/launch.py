"""Find the Claude Code client and run it on the proxy, with nothing written to the user's settings.

The profile travels in the client's environment, and in a settings file for this one run: a user's own
`settings.json` wins over the environment, and permissions cannot be set by variables at all.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ccglm.claude.profile_model import Profile, wanted_settings
from ccglm.claude.settings_edit import WrongTypeError, put_in
from ccglm.claude.settings_text import TextStyle, read_document, render_document
from ccglm.errors import CcglmError, PrerequisiteError
from ccglm.files import make_folder, read_text

if TYPE_CHECKING:
    from types import FrameType

CLIENT_PROGRAM: Final = "claude"
INSTALL_COMMAND: Final = "npm install -g @anthropic-ai/claude-code"
_SETTINGS_OPTION: Final = "--settings"
_FORWARDED: Final = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
# A terminal sends these to every process of its foreground group, so to the client as well.
_SENT_BY_TERMINALS: Final = ("SIGINT", "SIGQUIT")


@dataclass(frozen=True)
class ClientArguments:
    """The client's arguments, with its own `--settings` taken out."""

    others: tuple[str, ...]
    settings: str | None
    """What the user gave for `--settings`: JSON, or the path of a file."""


def find_client(environment: Mapping[str, str], explicit: Path | None = None) -> Path:
    """Return the client's program.

    Args:
        environment: `PATH` is searched.
        explicit: A program named by the user; used instead.

    Raises:
        PrerequisiteError: There is none; says how to install it.
    """
    if explicit is not None:
        found = shutil.which(str(explicit.expanduser()), path="")
        if found is None:
            raise PrerequisiteError(f"`{explicit}` is not a program that can be run")
        return Path(found).absolute()
    found = shutil.which(CLIENT_PROGRAM, path=environment.get("PATH", os.defpath))
    if found is None:
        raise PrerequisiteError(
            "Claude Code is not installed: no `claude` on the PATH",
            hint=f"install it with `{INSTALL_COMMAND}`, or name it with `--claude PATH`",
        )
    return Path(found)


def client_environment(environment: Mapping[str, str], profile: Profile) -> dict[str, str]:
    """Return the environment of the client: the user's own, with the profile over it.

    A variable the profile empties is left out.
    """
    merged = {**environment, **profile.environment()}
    emptied = {variable.name for variable in profile.variables if not variable.value}
    return {name: value for name, value in merged.items() if name not in emptied}


def split_arguments(arguments: Sequence[str]) -> ClientArguments:
    """Take the client's own `--settings` out of its arguments; it takes only the last one given."""
    others: list[str] = []
    settings: str | None = None
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            others += [argument, *rest]
        elif argument == _SETTINGS_OPTION:
            settings = next(rest, None)
        elif argument.startswith(f"{_SETTINGS_OPTION}="):
            settings = argument.partition("=")[2]
        else:
            others.append(argument)
    return ClientArguments(tuple(others), settings)


def session_settings(profile: Profile, given: str | None) -> str:
    """Return the settings of one session as JSON: the user's `--settings`, with the profile over them.

    Args:
        profile: The profile; its variables are repeated here, where they win over settings files.
        given: JSON, or the path of a file, or None.

    Raises:
        SettingsError: What was given is not a JSON object.
        PrerequisiteError: The file cannot be read.
    """
    document: dict[str, object] = {}
    if given is not None:
        is_json = given.lstrip().startswith("{")
        text = given if is_json else read_text(Path(given))
        if text is None:
            raise PrerequisiteError(f"there is no settings file `{given}`")
        document = read_document(text, _SETTINGS_OPTION if is_json else given)
    try:
        merged, _ = put_in(document, wanted_settings(profile))
    except WrongTypeError as error:
        raise CcglmError(f"the settings given with `--settings`: {error}") from error
    return render_document(merged, TextStyle())


@contextlib.contextmanager
def session_settings_file(folder: Path, text: str) -> Generator[Path]:
    """Keep settings in a file, readable by the owner alone, as long as the block runs.

    A file, because arguments of a process can be seen by everybody on the machine.
    """
    make_folder(folder)
    descriptor, name = tempfile.mkstemp(prefix="claude-session-", suffix=".json", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        yield path
    finally:
        path.unlink(missing_ok=True)


def run_client(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the client in the foreground, signals passed on, and return its exit code.

    Returns:
        The client's own code; 128 plus the signal's number when a signal ended it, as shells say it.

    Raises:
        PrerequisiteError: The program cannot be started.
    """
    with _signals_for_a_child() as forward_to:
        try:
            child = subprocess.Popen(command, env=dict(environment))  # noqa: S603 - the user's own client
        except OSError as error:
            raise PrerequisiteError(
                f"cannot start `{command[0]}`: {(error.strerror or str(error)).lower()}"
            ) from error
        forward_to.append(child)
        code = child.wait()
    return 128 - code if code < 0 else code


@contextlib.contextmanager
def _signals_for_a_child() -> Generator[list[subprocess.Popen[bytes]]]:
    """Pass signals on to the processes in the list; leave to them what the terminal sends them anyway."""
    children: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.send_signal(number)

    def forward_if_not_sent(number: int, frame: FrameType | None) -> None:
        if not _in_terminal_foreground():
            forward(number, frame)

    handlers = {
        **dict.fromkeys(_FORWARDED, forward),
        **dict.fromkeys(_SENT_BY_TERMINALS, forward_if_not_sent),
    }
    previous = {
        number: signal.signal(number, handler)
        for name, handler in handlers.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield children
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _in_terminal_foreground() -> bool:
    """Tell whether this process belongs to the group that its terminal sends Ctrl-C to."""
    if os.name == "nt":
        return True  # a console sends Ctrl-C to everything started in it
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
