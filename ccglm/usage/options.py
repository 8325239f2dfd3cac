"""The stretch of time a command is asked about: its two options, and what they mean."""

from typing import Annotated

import typer

from callbacks.usage_queries import Span
from ccglm.context import AppContext
from ccglm.usage.times import parse_moment, to_ms

SinceOption = Annotated[
    str, typer.Option("--since", metavar="WHEN", help="From when: 7d, 24h, today, a date, all.")
]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="WHEN", help="Until when, written the same way.")
]


def span_of(app: AppContext, since: str, until: str) -> Span:
    """Return the stretch of time between two moments as people write them.

    Raises:
        typer.BadParameter: One of them is no time.
    """
    now = app.now()
    try:
        return Span(to_ms(parse_moment(since, now)), to_ms(parse_moment(until, now)))
    except ValueError as err:
        raise typer.BadParameter(str(err)) from err
