"""The Typer app: global options, one registration line per command.

A command's module is imported when the command runs (or when help lists it), so a command costs only
what it needs itself.
"""

import importlib
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.main import get_command
from typing_extensions import override

from ccglm import __version__
from ccglm.boundary import BoundaryGroup
from ccglm.context import AppContext

# Name to "module:attribute"; the attribute is a function, or a Typer app for a group. Order as in the help.
COMMANDS: Final[dict[str, str]] = {}


class CommandGroup(BoundaryGroup):
    """The commands of the table, each loaded when it is asked for."""

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

    def _load(self, name: str) -> Any:
        module_name, _, attribute = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(module_name), attribute)
        if not isinstance(command, typer.Typer):
            holder = typer.Typer(add_completion=False, rich_markup_mode=None)
            holder.command(name)(command)
            command = holder
        loaded = get_command(command)
        self.add_command(loaded, name)
        return loaded


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
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings file, instead of the usual one."),
    ] = None,
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
    ctx.obj = AppContext.from_process(
        config=config, quiet=quiet, verbose=verbose, no_color=no_color
    )
