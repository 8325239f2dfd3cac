"""What a provider's answer says about the account behind a key. Pure.

Codes: Z.ai's error page (mirror of September 2026), 402 and the flat codes of Cerebras from threads of 2026.
"""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ccglm.doctor.provider_calls import CallAnswer

_OVERLOADED: Final = 529
"""Anthropic's status for it, which Z.ai's Anthropic surface uses."""


class Trouble(Enum):
    """Why a key got no answer, as far as somebody has to do something about it."""

    NONE = "none"
    UNREACHABLE = "unreachable"
    KEY = "key"
    """Refused, or without permission."""
    BALANCE = "balance"
    """No credit, or no package that covers this surface."""
    PLAN = "plan"
    """Expired, restricted, or without this model."""
    QUOTA = "quota"
    """Used up for hours or days."""
    BUSY = "busy"
    """Gone within a minute."""
    MODEL = "model"
    """Not there for this key."""
    OTHER = "other"


_BY_CODE: Final = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1005", "1220"), Trouble.KEY),
    "1113": Trouble.BALANCE,
    **dict.fromkeys(("1309", "1311", "1313", "1314", "1315"), Trouble.PLAN),
    **dict.fromkeys(
        ("1304", "1308", "1310", "1316", "1317", "1318", "1319", "1320", "1321"), Trouble.QUOTA
    ),
    **dict.fromkeys(("1302", "1303", "1305"), Trouble.BUSY),
    **dict.fromkeys(("1211", "1221", "1222", "model_not_found"), Trouble.MODEL),
}
_BY_STATUS: Final = {
    0: Trouble.UNREACHABLE,
    HTTPStatus.OK: Trouble.NONE,
    HTTPStatus.UNAUTHORIZED: Trouble.KEY,
    HTTPStatus.FORBIDDEN: Trouble.KEY,
    HTTPStatus.PAYMENT_REQUIRED: Trouble.BALANCE,
    HTTPStatus.NOT_FOUND: Trouble.MODEL,
    HTTPStatus.TOO_MANY_REQUESTS: Trouble.BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: Trouble.BUSY,
    _OVERLOADED: Trouble.BUSY,
}
# Cerebras says in its text which of its windows is used up.
_LONG_WINDOWS: Final = ("per hour", "per day")


def trouble_of(answer: CallAnswer) -> Trouble:
    """Return what an answer says; a code says more than a status."""
    found = _BY_CODE.get(answer.code) if answer.status != HTTPStatus.OK else None
    found = found or _BY_STATUS.get(answer.status, Trouble.OTHER)
    if found is Trouble.BUSY and any(window in answer.said.lower() for window in _LONG_WINDOWS):
        return Trouble.QUOTA
    return found
