"""The usage store: what every request cost and who served it, in one SQLite file.

**What is kept.** One row a client request (`UsageRow`), however many providers were tried; one row
a hop (`UsageHop`) with the cause it failed for; the names of the tools an answer called. Beside
them the calibration of the token estimate and small values by key that must outlive a restart.

**What is not.** No text of a prompt or an answer, no argument of a tool, no key: only the name of a
key's variable.

**Who writes.** Each proxy worker has one `UsageWriter`: a bounded queue and one thread. Putting a
row never waits and never fails; rows that could not be kept are counted, in the writer and in the
store. A killed worker loses what was still queued, some milliseconds' worth, and never damages the
file.

**Who reads.** Any process, at any time, with `read_store`; readers and writers do not wait for each
other (WAL).

**How it changes.** By numbered migrations (`callbacks.usage_migrations`); whoever opens an older
file brings it up to date, and an older ccglm refuses a newer file instead of misreading it.

This module is the public face; it imports no LiteLLM, so that commands stay fast.
"""

from callbacks.usage_rows import UsageHop, UsageRow
from callbacks.usage_schema import (
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    open_store,
    read_store,
)
from callbacks.usage_state import Calibration, load_calibration, load_state
from callbacks.usage_writer import UsageWriter

__all__ = [
    "Calibration",
    "StoreDamagedError",
    "StoreError",
    "StoreTooNewError",
    "UsageHop",
    "UsageRow",
    "UsageWriter",
    "load_calibration",
    "load_state",
    "open_store",
    "read_store",
]
