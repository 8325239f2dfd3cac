"""What a command needs from the outside, built once and handed down."""

from __future__ import annotations

import dataclasses
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ccglm.console import Output
from ccglm.paths import Paths, resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class AppContext:
    """Environment, places, clock and output of one run of the command line."""

    environment: Mapping[str, str]
    """A copy of the process environment; read here and nowhere else."""
    paths: Paths
    output: Output
    now: Callable[[], datetime] = _now
    """The clock: aware, UTC."""

    @classmethod
    def from_process(
        cls,
        *,
        quiet: bool = False,
        verbose: bool = False,
        no_color: bool = False,
    ) -> AppContext:
        """Build the context from the process: its environment, streams and folders."""
        environment = dict(os.environ)  # noqa: TID251 - the one place where the command line reads it
        return cls(
            environment=environment,
            paths=resolve_paths(
                environment, app_dir=Path(typer.get_app_dir("ccglm")), home=Path.home()
            ),
            output=Output(
                stdout=sys.stdout,
                stderr=sys.stderr,
                environment=environment,
                quiet=quiet,
                verbose=verbose,
                no_color=no_color,
            ),
        )

    @classmethod
    def of(cls, ctx: typer.Context, *, config: Path | None = None) -> AppContext:
        """Return the context of the running command.

        Args:
            ctx: Typer's context, whose `obj` the root callback filled.
            config: The command's own `--config`, if given; moves the settings file.
        """
        app = ctx.obj
        assert isinstance(app, AppContext), "the root callback fills ctx.obj"
        if config is None:
            return app
        return dataclasses.replace(app, paths=app.paths.with_settings(config))
