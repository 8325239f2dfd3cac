"""Every store that was ever released comes up to date with all that is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callbacks.usage_migrations import MIGRATIONS
from callbacks.usage_rows import insert_row
from callbacks.usage_schema import migrate, open_store
from tests.helpers.usage_builders import a_usage_row

# A dump of a real store, with rows, as each released version of the schema wrote it.
DUMPS = sorted((Path(__file__).parent.parent / "data" / "usage").glob("schema_*.sql"))


def schema_of(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(
        connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name")
    )


def columns_of(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: [tuple(row) for row in connection.execute(f"PRAGMA table_info({table})")]
        for table in schema_of(connection)
    }


def test_every_version_has_its_dump() -> None:
    assert [dump.stem for dump in DUMPS] == [
        f"schema_{number:03d}" for number in range(1, len(MIGRATIONS) + 1)
    ]
    for number, step in enumerate(MIGRATIONS, start=1):
        assert step.__name__.startswith(f"m{number:03d}_")


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_released_migration_is_never_edited(dump: Path) -> None:
    """The steps up to a version still make, letter by letter, what that version wrote."""
    version = int(dump.stem.removeprefix("schema_"))
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as dumped:
        dumped.executescript(dump.read_text())
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
            migrate(made, MIGRATIONS[:version])
            assert schema_of(made) == schema_of(dumped)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
@pytest.mark.parametrize("with_rows", [True, False], ids=["with rows", "empty"])
def test_an_old_store_comes_up_to_date(tmp_path: Path, dump: Path, with_rows: bool) -> None:
    path = tmp_path / "usage.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.executescript(dump.read_text())
        old.execute(f"PRAGMA user_version = {int(dump.stem.removeprefix('schema_'))}")
        if not with_rows:
            for table in ("tools_called", "hops", "requests", "calibration", "state"):
                old.execute(f"DELETE FROM {table}")

    with closing(open_store(path)) as connection, closing(open_store(tmp_path / "new.db")) as new:
        assert columns_of(connection) == columns_of(new)
        insert_row(connection, a_usage_row())
        rows = connection.execute("SELECT count(*) FROM requests").fetchone()[0]
        assert rows == (3 if with_rows else 1)
        if with_rows:
            story = connection.execute(
                "SELECT hops.provider, hops.cause, tools_called.name FROM requests"
                " JOIN hops ON hops.request = requests.id"
                " JOIN tools_called ON tools_called.request = requests.id"
                " WHERE request_id = 'req_fell_back' ORDER BY hops.number"
            ).fetchall()
            assert [tuple(row) for row in story] == [
                ("cerebras", "rate_limit", "Read"),
                ("zai", None, "Read"),
            ]
