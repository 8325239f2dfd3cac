"""`ccglm usage`: what it cost, who served it, how fast."""

import time
from typing import Annotated

import typer

from callbacks.usage_queries import By
from ccglm.commands.options import JsonOption
from ccglm.context import AppContext
from ccglm.usage.options import SinceOption, UntilOption, span_of
from ccglm.usage.prices import claude_list_prices
from ccglm.usage.query import UsageQuestion, UsageReport, usage_report
from ccglm.usage.views import usage_csv, usage_view
from ccglm.usage.watch import watch


def usage(
    ctx: typer.Context,
    *,
    since: SinceOption = "7d",
    until: UntilOption = "now",
    by: Annotated[By, typer.Option("--by", help="What a line of the table stands for.")] = "day",
    csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV.")] = False,
    again: Annotated[bool, typer.Option("--watch", help="Show it again when it changes.")] = False,
    json_: JsonOption = False,
) -> None:
    """Show what was used: requests, tokens, cost, speed, and who served

    The cost stands beside what the same tokens would have cost at Claude's list price. The numbers
    come from the store that the proxy writes; the proxy need not run.

    Examples: `ccglm usage --since 30d --by model`, `ccglm usage --since today --watch`
    """  # noqa: D415 - the first line is the summary in the help, which has no full stop
    app = AppContext.of(ctx)
    if csv and (json_ or again):
        raise typer.BadParameter("`--csv` goes with neither `--json` nor `--watch`")
    prices = claude_list_prices()

    def ask() -> UsageReport:
        question = UsageQuestion(by, span_of(app, since, until))
        return usage_report(app.paths.usage_db, question, prices)

    if csv:
        app.output.answer(usage_csv(ask()))
    elif again:
        with app.output.redrawn() as show:
            watch(ask, lambda report: show(usage_view(report, app.output.draws_blocks)), time.sleep)
    else:
        app.output.result(usage_view(ask(), app.output.draws_blocks), as_json=json_)
