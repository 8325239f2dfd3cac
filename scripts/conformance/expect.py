"""How a case says that something is wrong: one exception, and a few sentences that raise it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence


class CaseFailed(Exception):  # noqa: N818 - a verdict on the gateway, not a fault of ours
    """The gateway did not do what the case asks for; the message says what it did instead."""


class CaseSkipped(Exception):  # noqa: N818 - a verdict as well
    """The case does not apply to this gateway; the message says why."""


def expect(holds: object, reason: str) -> None:
    """Fail the case with the reason unless the value is true."""
    if not holds:
        raise CaseFailed(reason)


def equal(what: str, got: object, wanted: object) -> None:
    """Fail the case unless both values are equal; both are shown, shortened."""
    expect(got == wanted, f"{what} is {shown(got)}, not {shown(wanted)}")


def contains(what: str, text: str, *parts: str) -> None:
    """Fail the case unless the text contains each part, in this order."""
    position = 0
    for part in parts:
        found = text.find(part, position)
        if found < 0:
            where = "" if part not in text else " at its place"
            raise CaseFailed(f"{what} lacks {shown(part)}{where}: {shown(text)}")
        position = found + len(part)


def lacks(what: str, text: str, *parts: str) -> None:
    """Fail the case when the text contains one of the parts."""
    for part in parts:
        expect(part not in text, f"{what} contains {shown(part)}")


def matches(what: str, text: str, pattern: str) -> re.Match[str]:
    """Return the pattern's match in the text, or fail the case."""
    found = re.search(pattern, text, re.IGNORECASE | re.DOTALL)
    if found is None:
        raise CaseFailed(f"{what} does not match /{pattern}/: {shown(text)}")
    return found


def within(what: str, got: float, wanted: float, share: float) -> None:
    """Fail the case unless the number is within the share (0.05 is 5 %) of the wanted one."""
    off = abs(got - wanted) / max(wanted, 1)
    expect(off <= share, f"{what} is {got:g}, {off:.0%} away from {wanted:g} (allowed {share:.0%})")


def no_problems(what: str, problems: Sequence[str]) -> None:
    """Fail the case with the problems found, the first five of them."""
    more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
    expect(not problems, f"{what}: {'; '.join(problems[:5])}{more}")


def shown(value: object, limit: int = 160) -> str:
    """Return a value as short JSON-like text for a message."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 20]}...{text[-16:]}"
