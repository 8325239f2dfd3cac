"""Options that more than one command takes."""

from pathlib import Path
from typing import Annotated

import typer

from ccglm.context import AppContext


def _note_json(ctx: typer.Context, value: bool) -> bool:
    """Tell the output, so that an error in any later option or step has the JSON form too."""
    if value and isinstance(ctx.obj, AppContext):
        ctx.obj.output.as_json = True
    return value


JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document.", callback=_note_json, is_eager=True),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; agree.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, as a diff; change nothing.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what is there; a backup is kept.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings file to use; its `.env` lies beside it."
    ),
]
