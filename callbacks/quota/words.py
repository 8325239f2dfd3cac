"""Lengths of time as a person reads them."""

from __future__ import annotations

import math


def for_how_long(length_s: float) -> str:
    """Return a length in seconds, minutes or hours; `until something changes` for an endless one."""
    if math.isinf(length_s):
        return "until something changes"
    if length_s < 120:
        return f"{math.ceil(length_s)} s"
    if length_s < 7200:
        return f"{math.ceil(length_s / 60)} min"
    return f"{length_s / 3600:.1f} h"
