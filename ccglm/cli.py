"""The Typer app: global options, one registration line per command.

A command's module is imported when the command runs, so a command costs only what it needs itself, and the
list of commands costs nothing.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperCommand
from typer.main import get_command
from typing_extensions import override

from ccglm import __version__
from ccglm.boundary import BoundaryGroup
from ccglm.context import AppContext


class Registered(NamedTuple):
    """One command of the table."""

    target: str
    """`module:attribute`; the attribute is a function, or a Typer app for a group of commands."""
    summary: str
    """The first line of its help; a test compares."""
    passes_options_on: bool = False
    """Whether options it does not know are arguments, for a program it runs."""


# Order as in the help.
COMMANDS: Final[dict[str, Registered]] = {
    "init": Registered(
        "ccglm.commands.init:init", "Ask for the keys, choose the models, write the settings"
    ),
    "validate": Registered(
        "ccglm.commands.validate:validate", "Check the settings and the LiteLLM config they produce"
    ),
    "config": Registered(
        "ccglm.commands.config:config",
        "Show the LiteLLM config, or the JSON schema of the settings",
    ),
    "up": Registered("ccglm.commands.up:up", "Start the proxy and say when it is ready"),
    "down": Registered("ccglm.commands.down:down", "Stop the proxy"),
    "status": Registered(
        "ccglm.commands.status:status",
        "Show whether the proxy runs, who serves, and what each key has left",
    ),
    "logs": Registered("ccglm.commands.logs:logs", "Show the proxy's log"),
    "doctor": Registered(
        "ccglm.commands.doctor:doctor",
        "Find what is wrong with this set-up, why, and the command that repairs it",
    ),
    "test": Registered(
        "ccglm.commands.test:ask_models",
        "Ask every model of the chains through the running proxy, and say what works",
    ),
    "report": Registered(
        "ccglm.commands.report:report",
        "Print this set-up without keys, as one text to paste into an issue",
    ),
    "code": Registered(
        "ccglm.commands.code:code",
        "Start Claude Code on the proxy; nothing is written to your own settings",
        passes_options_on=True,
    ),
    "claude-env": Registered(
        "ccglm.commands.claude_env:claude_env",
        "Write Claude Code's settings for the proxy, print them, or undo them",
    ),
    "usage": Registered(
        "ccglm.commands.usage:usage",
        "Show what was used: requests, tokens, cost, speed, and who served",
    ),
    "export": Registered(
        "ccglm.commands.export:export",
        "Print every recorded request for other tools, with its hops and the tools it called",
    ),
    "statusline": Registered(
        "ccglm.commands.statusline:statusline",
        "Print a status line for Claude Code: who answers, how full the context is, the cost",
    ),
    "demo": Registered(
        "ccglm.commands.demo:demo",
        "Show ccglm at work on simulated providers: a session, then a burst that falls back",
    ),
    "models": Registered(
        "ccglm.commands.models:models",
        "List the models, their limits and prices, and which chains use them",
    ),
    "simulate": Registered(
        "ccglm.commands.simulate:simulate",
        "Run a simulated Cerebras and Z.ai on this machine until stopped",
    ),
}


def _unset_flags_as_false(options: list[Any]) -> list[Any]:
    """Return options whose flags are False when not given.

    Typer's own, for help and completion, would be None, for which it imports pydantic before every command:
    70 ms (0.29.2).
    """
    for option in options:
        if getattr(option, "is_flag", False) and option.default is None:
            option.default = False
    return options


class QuickCommand(TyperCommand):
    """A command that does not pay for options nobody gave."""

    @override
    def get_params(self, ctx: Any) -> Any:
        """Return the command's options."""
        return _unset_flags_as_false(super().get_params(ctx))


class CommandGroup(BoundaryGroup):
    """The commands of the table, each loaded when it is asked for."""

    @override
    def get_params(self, ctx: Any) -> Any:
        """Return the global options."""
        return _unset_flags_as_false(super().get_params(ctx))

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        """Return every command's name, in the table's order."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None when there is none of that name."""
        if cmd_name in COMMANDS:
            return self.commands.get(cmd_name) or self._load(cmd_name)
        # Typer suggests a name from the loaded commands only.
        for name in COMMANDS:
            self._load(name)
        return None

    @override
    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def _load(self, name: str) -> Any:
        module_name, _, attribute = COMMANDS[name].target.partition(":")
        command = getattr(importlib.import_module(module_name), attribute)
        if not isinstance(command, typer.Typer):
            command = _app_of_one(name, command, passes_options_on=COMMANDS[name].passes_options_on)
        loaded = get_command(command)
        self.add_command(loaded, name)
        return loaded


def _app_of_one(
    name: str, function: Callable[..., object], *, passes_options_on: bool
) -> typer.Typer:
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    # Docstrings end their first line with a full stop, the help does not.
    summary, newline, rest = (inspect.getdoc(function) or "").partition("\n")
    holder.command(
        name,
        cls=QuickCommand,
        help=summary.removesuffix(".") + newline + rest,
        context_settings={"ignore_unknown_options": passes_options_on},
    )(function)
    return holder


app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with locals would show keys
    rich_markup_mode=None,  # plain, stable help; no markup injection from values
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        AppContext.from_process().output.answer(f"ccglm {__version__}")
        raise typer.Exit


@app.callback()
def main(
    ctx: typer.Context,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the answer.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="More detail.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Claude Code on GLM: Cerebras first, Z.ai behind it, LiteLLM underneath.

    Start with `ccglm init`, then `ccglm up` and `ccglm code`; or try `ccglm demo`, which needs no key.
    """
    del version
    # Only flags here: any other type would bring pydantic in, see `_unset_flags_as_false`.
    ctx.obj = AppContext.from_process(quiet=quiet, verbose=verbose, no_color=no_color)
