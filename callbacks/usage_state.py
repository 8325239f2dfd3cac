"""Small things that outlive a restart, kept beside the usage rows: calibration, values by key.

Loading opens the file, so it belongs to start-up, before the event loop serves. Storing happens in
the writer's thread: `UsageWriter.put_calibration` and `put_state` are the way in.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callbacks.usage_schema import read_store

if TYPE_CHECKING:
    from pathlib import Path

DROPPED_KEY = "usage.dropped"
"""Under this key lies how many rows were lost so far, by all workers together: a whole number."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the token estimate is off for one model."""

    model: str
    ratio: float
    """Tokens reported by the provider divided by tokens estimated, as a running mean."""
    samples: int
    """How many requests the mean has seen."""


def load_calibration(path: Path) -> dict[str, Calibration]:
    """Return what is known of each model; empty when there is no store yet.

    Raises:
        StoreError: The store cannot be read.
    """
    connection = read_store(path)
    if connection is None:
        return {}
    with closing(connection):
        rows = connection.execute("SELECT model, ratio, samples FROM calibration").fetchall()
    return {row["model"]: Calibration(row["model"], row["ratio"], row["samples"]) for row in rows}


def load_state(path: Path, prefix: str = "") -> dict[str, Any]:
    """Return the values whose keys begin with a prefix, decoded; empty without a store.

    Raises:
        StoreError: The store cannot be read.
    """
    connection = read_store(path)
    if connection is None:
        return {}
    with closing(connection):
        rows = connection.execute(
            "SELECT key, json FROM state WHERE substr(key, 1, ?) = ?", (len(prefix), prefix)
        ).fetchall()
    return {row["key"]: json.loads(row["json"]) for row in rows}


def read_state(connection: sqlite3.Connection, key: str, default: Any = None) -> Any:
    """Return the value under a key of an open store, decoded, or the default."""
    row = connection.execute("SELECT json FROM state WHERE key = ?", (key,)).fetchone()
    return default if row is None else json.loads(row["json"])


def store_calibration(connection: sqlite3.Connection, known: Calibration, now_ms: int) -> None:
    """Replace what is known of a model."""
    connection.execute(
        "INSERT INTO calibration (model, ratio, samples, updated_at_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (model) DO UPDATE SET ratio = excluded.ratio, samples = excluded.samples,"
        " updated_at_ms = excluded.updated_at_ms",
        (known.model, known.ratio, known.samples, now_ms),
    )


def store_state(connection: sqlite3.Connection, key: str, text: str, now_ms: int) -> None:
    """Replace the JSON text under a key."""
    connection.execute(
        "INSERT INTO state (key, json, updated_at_ms) VALUES (?, ?, ?) ON CONFLICT (key)"
        " DO UPDATE SET json = excluded.json, updated_at_ms = excluded.updated_at_ms",
        (key, text, now_ms),
    )


def delete_state(connection: sqlite3.Connection, key: str) -> None:
    """Forget a key."""
    connection.execute("DELETE FROM state WHERE key = ?", (key,))


def add_dropped(connection: sqlite3.Connection, rows: int, now_ms: int) -> None:
    """Add to the count of lost rows; an addition, because several workers keep it together."""
    connection.execute(
        "INSERT INTO state (key, json, updated_at_ms) VALUES (?, ?, ?) ON CONFLICT (key)"
        " DO UPDATE SET json = json + excluded.json, updated_at_ms = excluded.updated_at_ms",
        (DROPPED_KEY, str(rows), now_ms),
    )
