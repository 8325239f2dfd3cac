"""Z.ai's numbered errors, the same on every surface.

Source: docs.z.ai error code page (mirror of September 2026); reset times are UTC+8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callbacks.dialects.base import Refusal
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.error_body import reset_time

_BY_CAUSE: Mapping[Cause, tuple[int, ...]] = {
    Cause.AUTH: (1000, 1001, 1002, 1003, 1004, 1005),
    Cause.BALANCE: (1113,),
    Cause.SERVER_ERROR: (500, 1200, 1230, 1234),
    Cause.BAD_REQUEST: (1210, 1212, 1213, 1214, 1215),
    Cause.MODEL_MISSING: (1211, 1221, 1222),
    Cause.PERMISSION: (1220,),
    Cause.CONTEXT_OVERFLOW: (1261,),
    Cause.CONTENT_FILTER: (1301,),
    Cause.CONCURRENCY: (1302, 1303),
    Cause.OVERLOADED: (1305,),
    Cause.PLAN_QUOTA: (1304, 1308, 1310, 1316, 1317, 1318, 1319, 1320, 1321),
    Cause.PLAN_REFUSED: (1309, 1311, 1313, 1314, 1315),
}
_CODES = {str(code): cause for cause, codes in _BY_CAUSE.items() for code in codes}
_OVERFLOW_WORDS = ("prompt exceeds max length", "prompt too long", "prompt is too long")


def cause_of_code(refusal: Refusal) -> Cause | None:
    """Name the cause from the number, else from the overflow wording."""
    cause = _CODES.get(refusal.error.code)
    if cause is None and refusal.error.message.lower().startswith(_OVERFLOW_WORDS):
        return Cause.CONTEXT_OVERFLOW
    return cause


def with_reset_time(fault: Fault) -> Fault:
    """Return the fault with the reset time its text names, which Z.ai gives instead of `retry-after`."""
    if fault.cause is not Cause.PLAN_QUOTA or fault.retry_after_s is not None:
        return fault
    return replace(fault, until=reset_time(fault.detail))
