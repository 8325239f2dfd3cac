"""`ccglm report`: this set-up in one text, without keys."""

from pathlib import Path
from typing import Annotated

import typer

from ccglm.commands.options import ConfigOption, JsonOption
from ccglm.context import AppContext
from ccglm.doctor.examination import Examination
from ccglm.report.document import as_data, as_markdown
from ccglm.report.make import make_report


def report(
    ctx: typer.Context,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the providers, as `ccglm doctor` does.")
    ] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Print this set-up without keys, as one text to paste into an issue.

    Versions, what `ccglm doctor` finds, settings, variables, the last failures, warnings of the log. Known keys,
    and whatever looks like one, are hidden; so is the name of your home folder. Read it before you paste it.

    Example: `ccglm report > report.md`
    """
    app = AppContext.of(ctx, config=config)
    with app.output.status("examining the set-up") as status:
        sections = make_report(app, Examination(Path.cwd(), online=online), tell=status.update)
    if json_:
        app.output.json_document({"ok": True, **as_data(sections)})
        return
    app.output.line(as_markdown(sections))
    app.output.note("read it before you paste it")
