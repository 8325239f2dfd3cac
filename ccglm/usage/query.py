"""From the usage store to one report: what was asked, the sums, how far back it goes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callbacks.usage_queries import (
    Group,
    ProviderShare,
    Span,
    TokenPrices,
    Totals,
    provider_shares,
    recorded_span,
    total,
    totals_by,
)
from callbacks.usage_schema import StoreDamagedError, StoreError, StoreTooNewError, read_store
from callbacks.usage_state import DROPPED_KEY, read_state
from ccglm.errors import PrerequisiteError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

    from callbacks.usage_queries import By


@dataclass(frozen=True, slots=True)
class UsageQuestion:
    """What somebody wants to know."""

    by: By
    span: Span


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The answer; every view is made from it."""

    question: UsageQuestion
    totals: Totals
    groups: tuple[Group, ...]
    providers: tuple[ProviderShare, ...]
    recorded: Span | None
    """First and last request in the store; None when it is empty or not there."""
    dropped: int
    """Rows that could not be recorded, ever."""


def usage_report(
    path: Path, question: UsageQuestion, prices: Mapping[str, TokenPrices]
) -> UsageReport:
    """Ask the store; a missing or empty one gives a report of zeros.

    Args:
        path: The usage store.
        question: What to sum.
        prices: Claude's list prices by tier.

    Raises:
        PrerequisiteError: The store cannot be read; the hint says what to do.
    """
    try:
        connection = read_store(path)
    except StoreError as err:
        raise unreadable(path, err) from err
    if connection is None:
        return UsageReport(question, NOTHING, (), (), None, 0)
    with closing(connection):
        return report_from(connection, question, prices)


def report_from(
    connection: sqlite3.Connection, question: UsageQuestion, prices: Mapping[str, TokenPrices]
) -> UsageReport:
    """Ask an open store; the parts of the answer are of one moment."""
    # A transaction gives all statements the same view, whatever is written meanwhile.
    connection.execute("BEGIN")
    try:
        return UsageReport(
            question,
            total(connection, question.span, prices),
            tuple(totals_by(connection, question.by, question.span, prices)),
            tuple(provider_shares(connection, question.span)),
            recorded_span(connection),
            int(read_state(connection, DROPPED_KEY, 0)),
        )
    finally:
        connection.execute("ROLLBACK")


NOTHING = Totals(
    requests=0,
    served=0,
    failed=0,
    cancelled=0,
    fallbacks=0,
    input_tokens=0,
    cached_tokens=0,
    output_tokens=0,
    reasoning_tokens=0,
    cost_usd=0.0,
    claude_cost_usd=0.0,
    output_tokens_per_s=None,
    first_token_ms=None,
)
"""The sums over no request at all."""


def unreadable(path: Path, err: StoreError) -> PrerequisiteError:
    """Return a store's error as people are shown it: with what to do about it."""
    if isinstance(err, StoreTooNewError):
        hint = "update ccglm to the version that runs the proxy"
    elif isinstance(err, StoreDamagedError):
        hint = f"`mv '{path}' '{path}.damaged'`, then `ccglm down` and `ccglm up`"
    else:
        hint = f"check who may read `{path}`"
    return PrerequisiteError(str(err), hint=hint)
