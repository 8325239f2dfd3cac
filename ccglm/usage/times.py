"""Moments as people write them on the command line: `7d`, `today`, `2026-11-20T14:00`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>[smhdw])")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the moment that a text names.

    Args:
        text: A time span before now (`90s`, `30m`, `24h`, `7d`, `2w`); `now`, `today`, `yesterday`
            (when that day began here) or `all` (before everything); a date (when it began here); or
            a date and time in ISO 8601, which means local time unless it carries an offset or `Z`.
        now: The present, aware.

    Returns:
        An aware moment in UTC, not before 1970.

    Raises:
        ValueError: The text is none of these; the message says what would be.
    """
    asked = text.strip().lower()
    if asked == "now":
        return now.astimezone(UTC)
    if asked == "all":
        return _BEGINNING
    if asked in ("today", "yesterday"):
        day = now.astimezone().date() - timedelta(days=asked == "yesterday")
        return _local(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware by _local
    if ago := _AGO.fullmatch(asked):
        span_s = int(ago["number"]) * _UNIT_S[ago["unit"]]
        return from_ms(max(to_ms(now) - span_s * 1000, 0))
    try:
        return max(_local(datetime.fromisoformat(text.strip())), _BEGINNING)
    except (ValueError, OverflowError, OSError) as err:
        raise ValueError(
            f"`{text}` is no time; write `7d`, `24h`, `today`, `2026-11-20` or `2026-11-20T14:00`"
        ) from err


def to_ms(moment: datetime) -> int:
    """Return an aware moment as milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def from_ms(moment_ms: int) -> datetime:
    """Return milliseconds since 1970 as an aware moment in UTC."""
    return _BEGINNING + timedelta(milliseconds=moment_ms)


def utc_text(moment: datetime) -> str:
    """Return a moment for machines: UTC, ISO 8601, to the second, ending in `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _local(moment: datetime) -> datetime:
    # astimezone() takes a naive moment as local time.
    return moment.astimezone(UTC)
