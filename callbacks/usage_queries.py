"""Sums over the usage store: totals, groups, shares; every sum is made by SQLite.

Called by `ccglm usage` and by whatever else shows usage. Each function takes a connection from
`read_store` and a `Span`; the time index serves them all, so that a day of a year's store costs a
day's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

By = Literal[
    "day", "hour", "model", "provider", "key", "session", "project", "role", "outcome", "cause"
]
BYS: Final[tuple[By, ...]] = get_args(By)
TIMES: Final[frozenset[By]] = frozenset({"day", "hour"})

MS_PER_HOUR: Final = 3_600_000
DEFAULT_TIER: Final = "sonnet"
"""Whose list price counts when the requested model names no tier of Claude."""

# What a group is called. A day is one of the machine's time zone, `2026-11-21`; an hour is the
# moment it began, in milliseconds since 1970 UTC, because a local hour is there twice when clocks
# are set back.
_KEYS: Final[dict[By, str]] = {
    "day": "date(started_at_ms / 1000, 'unixepoch', 'localtime')",
    "hour": f"started_at_ms / {MS_PER_HOUR} * {MS_PER_HOUR}",
    "model": "provider || '/' || served_model",
    "provider": "provider",
    "key": "key_label",
    "session": "session_id",
    "project": "project",
    "role": "role",
    "outcome": "outcome",
    "cause": "coalesce(fault, fallback_cause)",
}

_SUMS: Final = """
    count(*) AS requests,
    coalesce(sum(outcome = 'served'), 0) AS served,
    coalesce(sum(outcome = 'failed'), 0) AS failed,
    coalesce(sum(outcome = 'cancelled'), 0) AS cancelled,
    coalesce(sum(outcome = 'served' AND fallback_from IS NOT NULL), 0) AS fallbacks,
    coalesce(sum(input_tokens), 0) AS input_tokens,
    coalesce(sum(cached_tokens), 0) AS cached_tokens,
    coalesce(sum(output_tokens), 0) AS output_tokens,
    coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
    coalesce(sum(cost_usd), 0.0) AS cost_usd,
    coalesce(sum((input_tokens - cached_tokens) * price.input
        + cached_tokens * price.cached_input + output_tokens * price.output), 0.0) / 1e6
        AS claude_cost_usd,
    sum(iif(output_ms > 0, output_tokens, 0)) * 1000.0 / nullif(sum(output_ms), 0)
        AS output_tokens_per_s,
    avg(first_token_ms) AS first_token_ms
"""


class TokenPrices(NamedTuple):
    """List prices of one tier, in US dollars for a million tokens."""

    input: float
    """Not read from a cache."""
    cached_input: float
    output: float


class Span(NamedTuple):
    """A stretch of time: from the first moment, up to but without the second."""

    since_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over some requests."""

    requests: int
    served: int
    failed: int
    cancelled: int
    """The client went away before the end."""
    fallbacks: int
    """Served by another one than the first that was asked."""
    input_tokens: int
    cached_tokens: int
    """The part of the input that came from the provider's cache."""
    output_tokens: int
    reasoning_tokens: int
    """The part of the output that was thinking."""
    cost_usd: float
    claude_cost_usd: float
    """The same tokens at Claude's list price; 0 when no price is known."""
    output_tokens_per_s: float | None
    """Over the time in which output arrived; None when there was none."""
    first_token_ms: float | None
    """Mean over the streamed answers, from the client's request; None when there was none."""

    @property
    def cache_hit_share(self) -> float | None:
        """Return which part of the input came from a cache, 0 to 1; None without input."""
        return self.cached_tokens / self.input_tokens if self.input_tokens else None


@dataclass(frozen=True, slots=True)
class Group:
    """The sums of the requests that have one thing in common."""

    key: str | int | None
    """None: those of which it is not known. An hour is the moment it began, in ms since 1970
    UTC."""
    totals: Totals


@dataclass(frozen=True, slots=True)
class ProviderShare:
    """How much of what was served one provider served."""

    provider: str
    requests: int
    share: float
    """0 to 1, of the served requests."""


def total(connection: sqlite3.Connection, span: Span, prices: Mapping[str, TokenPrices]) -> Totals:
    """Return the sums over a stretch of time.

    Args:
        connection: From `read_store`.
        span: Which requests, by the time they arrived.
        prices: Claude's list prices by tier; `DEFAULT_TIER` serves for models that name no tier.
    """
    price, values = _price_table(prices)
    sql = f"{price} SELECT {_SUMS} {_from(prices)}"
    row = connection.execute(sql, [*values, *_tiers(prices), *span]).fetchone()
    return Totals(**dict(row))


def totals_by(
    connection: sqlite3.Connection, by: By, span: Span, prices: Mapping[str, TokenPrices]
) -> list[Group]:
    """Return the sums of each group: in the order of time, or the one with most requests first.

    Args:
        connection: From `read_store`.
        by: What the requests of a group have in common.
        span: Which requests, by the time they arrived.
        prices: As for `total`.
    """
    order = "key" if by in TIMES else "requests DESC, key"
    price, values = _price_table(prices)
    sql = (
        f"{price} SELECT {_KEYS[by]} AS key, {_SUMS} {_from(prices)} GROUP BY key ORDER BY {order}"
    )
    rows = [dict(row) for row in connection.execute(sql, [*values, *_tiers(prices), *span])]
    return [Group(row.pop("key"), Totals(**row)) for row in rows]


def provider_shares(connection: sqlite3.Connection, span: Span) -> list[ProviderShare]:
    """Return which part of the served requests each provider served, the largest first."""
    rows = connection.execute(
        "SELECT provider, count(*) AS requests FROM requests"
        " WHERE started_at_ms >= ? AND started_at_ms < ? AND outcome = 'served'"
        " AND provider IS NOT NULL GROUP BY provider ORDER BY requests DESC, provider",
        span,
    ).fetchall()
    served = sum(row["requests"] for row in rows)
    return [
        ProviderShare(row["provider"], row["requests"], row["requests"] / served) for row in rows
    ]


def recorded_span(connection: sqlite3.Connection) -> Span | None:
    """Return the moments of the first and the last request there is; None in an empty store."""
    row = connection.execute(
        # Two questions, because SQLite answers both at once only by reading the whole index.
        "SELECT (SELECT min(started_at_ms) FROM requests),"
        " (SELECT max(started_at_ms) FROM requests)"
    ).fetchone()
    return None if row[0] is None else Span(row[0], row[1])


def _price_table(prices: Mapping[str, TokenPrices]) -> tuple[str, list[str | float]]:
    rows = ", ".join(["(?, ?, ?, ?)"] * len(prices)) or "(NULL, NULL, NULL, NULL)"
    values: list[str | float] = [
        value for tier, price in prices.items() for value in (tier, *price)
    ]
    return f"WITH price (tier, input, cached_input, output) AS (VALUES {rows})", values


def _from(prices: Mapping[str, TokenPrices]) -> str:
    # LEFT JOIN keeps the requests as the outer loop, which the time index then serves.
    cases = "WHEN instr(lower(requested_model), ?) THEN ? " * len(prices)
    tier = f"CASE {cases} ELSE ? END" if prices else "?"
    return (
        f"FROM requests LEFT JOIN price ON price.tier = {tier}"
        " WHERE started_at_ms >= ? AND started_at_ms < ?"
    )


def _tiers(prices: Mapping[str, TokenPrices]) -> list[str]:
    return [name for tier in prices for name in (tier, tier)] + [DEFAULT_TIER]
