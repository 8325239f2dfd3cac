"""Turn an error into a message and an exit code, in one place.

A group class rather than a wrapper around `app()`, so that nested groups and Typer's test runner see the
same behaviour as the shell. Typer's own usage errors keep their own form, except with `--json`.
"""

from __future__ import annotations

import errno
from typing import Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from ccglm.context import AppContext
from ccglm.errors import CcglmError
from ccglm.exit_codes import ExitCode


class UsageMistake(CcglmError):  # noqa: N818 - only shown, never raised
    """Typer's refusal of an option or argument, for the JSON form."""

    exit_code = ExitCode.USAGE
    code = "usage"


class Interruption(CcglmError):  # noqa: N818 - only shown, never raised
    """Ctrl-C."""

    exit_code = ExitCode.INTERRUPTED
    code = "interrupted"


class Bug(CcglmError):  # noqa: N818 - only shown, never raised
    """Anything unexpected."""

    exit_code = ExitCode.BUG
    code = "bug"


class BoundaryGroup(TyperGroup):
    """A command group whose errors end as one message and the right exit code."""

    @override
    def invoke(self, ctx: Any) -> Any:
        """Run the command; show what went wrong."""
        wants_json = "--json" in [*ctx._protected_args, *ctx.args]  # noqa: SLF001 - Typer offers no public way
        try:
            return super().invoke(ctx)
        except CcglmError as error:
            shown: CcglmError = error
        except KeyboardInterrupt:
            shown = Interruption("interrupted")
        except typer.TyperException as error:
            if not wants_json:
                raise
            shown = UsageMistake(error.format_message())
        except (typer.Exit, typer.Abort):
            raise
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader of our output went away; Typer ends quietly
            shown = _bug(ctx, error)
        except Exception as error:  # noqa: BLE001 - the one place where anything unexpected ends
            shown = _bug(ctx, error)
        output = _app_of(ctx).output
        output.as_json = output.as_json or wants_json
        output.error(shown)
        raise typer.Exit(int(shown.exit_code))


def _app_of(ctx: Any) -> AppContext:
    return ctx.obj if isinstance(ctx.obj, AppContext) else AppContext.from_process()


def _bug(ctx: Any, error: Exception) -> Bug:
    # Needed only when something is broken; `--help` and `status` do not pay for it.
    from ccglm.crash_log import write_crash_log

    app = _app_of(ctx)
    path = write_crash_log(error, app)
    where = f"details are in `{path}`" if path else "the details could not be written"
    return Bug(
        "something unexpected happened inside ccglm",
        hint=f"{where}; please report it with this file, which holds no keys",
    )
