"""The fence around code that may fail without failing the request: log once per cause, count, carry on."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from pathlib import Path

_LOG = logging.getLogger("ccglm")

_seen: Counter[str] = Counter()


def unexpected(error: BaseException, doing: str) -> None:
    """Note a fault of our own: the first of its kind with its place in our code, later ones only counted.

    Neither the message nor values of the exception are logged, because they may quote a prompt.

    Args:
        error: What was raised.
        doing: What was being done, without contents.
    """
    kind = f"{type(error).__name__} while {doing}"
    _seen[kind] += 1
    if _seen[kind] == 1:
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
        _LOG.error("unexpected %s (%s)", kind, places or "no place known")


def counts() -> dict[str, int]:
    """Return how often each unexpected fault was met since the start."""
    return dict(_seen)
