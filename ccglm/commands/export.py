"""`ccglm export`: every recorded request, for other tools."""

from typing import Annotated

import typer

from ccglm.context import AppContext
from ccglm.usage.export import jsonl_pages
from ccglm.usage.options import SinceOption, UntilOption, span_of


def export(
    ctx: typer.Context,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    since: SinceOption = "all",
    until: UntilOption = "now",
) -> None:
    """Print every recorded request for other tools, with its hops and the tools it called

    The store holds no word of a conversation, so neither does the export.

    Example: `ccglm export --jsonl --since 30d > usage.jsonl`
    """  # noqa: D415 - the first line is the summary in the help, which has no full stop
    if not jsonl:
        raise typer.BadParameter("say in which form: `--jsonl`")
    app = AppContext.of(ctx)
    lines = 0
    for page in jsonl_pages(app.paths.usage_db, span_of(app, since, until)):
        app.output.answer(page)
        lines += page.count("\n")
    if not lines:
        app.output.note("no request is recorded for that time")
