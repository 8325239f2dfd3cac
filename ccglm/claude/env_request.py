"""What `ccglm claude-env` was asked, answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ccglm.claude.explain import explanation, shell_code, shell_view
from ccglm.claude.git_check import may_be_committed
from ccglm.claude.install import install, installation_view, uninstall
from ccglm.claude.scopes import Scope, settings_files, targets
from ccglm.claude.source import direct_profile, proxy_profile
from ccglm.claude.undo_record import UndoRecords
from ccglm.shells import Shell, detect_shell

if TYPE_CHECKING:
    from pathlib import Path

    from ccglm.claude.source import SourcedProfile
    from ccglm.context import AppContext


class Direct(StrEnum):
    """A provider that Claude Code can talk to itself."""

    ZAI = "zai"


@dataclass(frozen=True)
class EnvRequest:
    """The options of the command."""

    scope: Scope
    working_folder: Path
    undo: bool = False
    explain: bool = False
    prints: bool = False
    shell: Shell | None = None
    """None: the shell the environment names."""
    direct: Direct | None = None
    keeps_all_tools: bool = False
    force: bool = False
    dry_run: bool = False


def claude_env_answer(app: AppContext, request: EnvRequest, *, as_json: bool = False) -> None:
    """Do what was asked and say what happened.

    Raises:
        CcglmError: Settings, a key or a file are not as they must be; nothing was changed.
    """
    if request.undo:
        _undo(app, request, as_json=as_json)
        return
    make_profile = direct_profile if request.direct else proxy_profile
    sourced = make_profile(app, keeps_all_tools=request.keeps_all_tools)
    if request.explain:
        app.output.result(explanation(sourced.profile), as_json=as_json)
    elif request.prints:
        _print(app, request, sourced, as_json=as_json)
    else:
        _write(app, request, sourced, as_json=as_json)


def _print(app: AppContext, request: EnvRequest, sourced: SourcedProfile, *, as_json: bool) -> None:
    shell = request.shell or detect_shell(app.environment)
    if as_json:
        app.output.result(shell_view(sourced.profile, shell), as_json=True)
        return
    app.output.answer(shell_code(sourced.profile, shell))
    if not sourced.reachable:
        app.output.note("the proxy is not running; `ccglm up` starts it")


def _write(app: AppContext, request: EnvRequest, sourced: SourcedProfile, *, as_json: bool) -> None:
    files = _files(app, request)
    wanted = targets(sourced.profile, files)
    done = install(wanted, UndoRecords(app.paths.state), dry_run=request.dry_run)
    scope = "" if request.scope is Scope.USER else f" --{request.scope}"
    steps = [
        *([] if sourced.reachable else ["start the proxy with `ccglm up`"]),
        f"next: `claude`; `ccglm claude-env --undo{scope}` takes it out again",
    ]
    app.output.result(installation_view(done, next_steps=steps), as_json=as_json)
    if request.scope is not Scope.USER and may_be_committed(files[-1]):
        app.output.warn(
            f"git does not ignore `{files[-1]}`, which holds the token; add it to `.gitignore`"
        )


def _undo(app: AppContext, request: EnvRequest, *, as_json: bool) -> None:
    records = UndoRecords(app.paths.state)
    done = uninstall(_files(app, request), records, force=request.force, dry_run=request.dry_run)
    elsewhere = [] if done.plans else [f"it is in `{path}`" for path in records.settings_files()]
    app.output.result(installation_view(done, next_steps=elsewhere), as_json=as_json)


def _files(app: AppContext, request: EnvRequest) -> list[Path]:
    return settings_files(
        request.scope, environment=app.environment, working_folder=request.working_folder
    )
