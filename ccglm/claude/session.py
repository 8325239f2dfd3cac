"""One session of Claude Code on the proxy: find it, have a proxy, run it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ccglm.claude.isolated_home import CONFIG_FOLDER_VARIABLE, prepare_isolated_home
from ccglm.claude.launch import (
    client_environment,
    find_client,
    run_client,
    session_settings,
    session_settings_file,
    split_arguments,
)
from ccglm.claude.source import proxy_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ccglm.context import AppContext


@dataclass(frozen=True)
class Session:
    """What the user asked for."""

    arguments: Sequence[str]
    """For the client."""
    program: Path | None = None
    """The client; searched on the PATH when None."""
    isolated: bool = False
    """Whether the client gets a configuration folder of ccglm's own."""
    keeps_all_tools: bool = False


def run_session(app: AppContext, session: Session, *, have_proxy: Callable[[], object]) -> int:
    """Run the client and return its exit code.

    Args:
        app: Environment and places.
        session: What to run.
        have_proxy: Starts the proxy unless it runs; called once the client is known to be there.

    Raises:
        CcglmError: The client is missing, the proxy does not start, or the settings are wrong.
    """
    client = find_client(app.environment, session.program)
    given = split_arguments(session.arguments)
    have_proxy()
    profile = proxy_profile(app, keeps_all_tools=session.keeps_all_tools).profile
    environment = client_environment(app.environment, profile)
    if session.isolated:
        folder = prepare_isolated_home(app.paths.state, Path.cwd())
        environment[CONFIG_FOLDER_VARIABLE] = str(folder)
    text = session_settings(profile, given.settings)
    with session_settings_file(app.paths.state, text) as settings:
        command = [str(client), "--settings", str(settings), *given.others]
        return run_client(command, environment)
