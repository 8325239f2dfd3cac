"""`ccglm claude-env`: tell Claude Code about the proxy."""

from pathlib import Path
from typing import Annotated

import typer

from ccglm.claude.env_request import Direct, EnvRequest, claude_env_answer
from ccglm.claude.scopes import Scope
from ccglm.commands.options import ConfigOption, DryRunOption, ForceOption, JsonOption
from ccglm.context import AppContext
from ccglm.shells import Shell


def _flag(name: str, text: str) -> typer.models.OptionInfo:
    return typer.Option(name, help=text)


def claude_env(
    ctx: typer.Context,
    *,
    user: Annotated[bool, _flag("--user", "For all your projects; the default.")] = False,
    project: Annotated[
        bool, _flag("--project", "For everybody in this folder; the token stays out of that file.")
    ] = False,
    local: Annotated[bool, _flag("--local", "For you, in this folder.")] = False,
    undo: Annotated[bool, _flag("--undo", "Take out exactly what was written.")] = False,
    print_: Annotated[bool, _flag("--print", "Print shell code instead, for `eval`.")] = False,
    shell: Annotated[
        Shell | None, typer.Option("--shell", help="Language of `--print`; default: your shell's.")
    ] = None,
    explain: Annotated[bool, _flag("--explain", "Say why each line is there.")] = False,
    direct: Annotated[
        Direct | None, typer.Option("--direct", help="For a provider itself, without the proxy.")
    ] = None,
    all_tools: Annotated[
        bool, _flag("--all-tools", "Keep the client's background tools (40 KB a request).")
    ] = False,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Write Claude Code's settings for the proxy, print them, or undo them.

    Keeps every other key, backs up, and records what it changed. Refuses to undo what was edited since.
    `--print` sets variables only; permissions need the written settings, or `ccglm code`.

    Examples: `ccglm claude-env`, `eval "$(ccglm claude-env --print)"`, `ccglm claude-env --undo`
    """
    app = AppContext.of(ctx, config=config)
    scopes = [scope for scope, chosen in zip(Scope, (user, project, local), strict=True) if chosen]
    if len(scopes) > 1 or (scopes and (print_ or explain)) or print_ + explain + undo > 1:
        raise typer.BadParameter("choose one scope to write or undo, or `--print`, or `--explain`")
    request = EnvRequest(
        scope=scopes[0] if scopes else Scope.USER,
        working_folder=Path.cwd(),
        undo=undo,
        explain=explain,
        prints=print_,
        shell=shell,
        direct=direct,
        keeps_all_tools=all_tools,
        force=force,
        dry_run=dry_run,
    )
    claude_env_answer(app, request, as_json=json_)
