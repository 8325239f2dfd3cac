"""The store's file: created for its owner only, brought up to date, refused when it is not ours."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_migrations import MIGRATIONS
from callbacks.usage_schema import (
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    is_busy,
    migrate,
    open_store,
    read_store,
)
from tests.helpers.usage_builders import a_store, a_usage_row

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_store_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "usage.db"

    with closing(open_store(path)) as connection:
        connection.execute("INSERT INTO state VALUES ('a', '1', 0)")
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["usage.db", "usage.db-shm", "usage.db-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_store_is_kept_so_that_readers_and_writers_do_not_wait(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "usage.db", busy_timeout_s=1.5)) as connection:
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "busy_timeout": 1500,
        "foreign_keys": 1,
        "synchronous": 1,
    }


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    path = a_store(tmp_path / "usage.db", [a_usage_row()])

    with closing(open_store(path)) as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone()[0] == 1
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty file"])
def test_where_nothing_was_written_there_is_nothing_to_read(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "usage.db"
    if content is not None:
        path.write_bytes(content)

    assert read_store(path) is None


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    connection = read_store(a_store(tmp_path / "usage.db", [a_usage_row()]))

    assert connection is not None
    with closing(connection), pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM requests")


def test_a_reader_sees_what_a_writer_that_still_runs_has_committed(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with closing(open_store(path)) as writer:
        writer.execute("INSERT INTO state VALUES ('a', '1', 0)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO state VALUES ('b', '1', 0)")
        reader = read_store(path)
        assert reader is not None
        with closing(reader):
            assert reader.execute("SELECT count(*) FROM state").fetchone()[0] == 1
        writer.execute("COMMIT")


def test_a_reader_brings_an_older_store_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with closing(sqlite3.connect(path)) as old:
        old.execute("CREATE TABLE something_of_the_user (x)")

    reader = read_store(path)

    assert reader is not None
    with closing(reader):
        assert reader.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert reader.execute("SELECT count(*) FROM requests").fetchone()[0] == 0


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = a_store(tmp_path / "usage.db", [a_usage_row()])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")

    with pytest.raises(StoreTooNewError, match="newer ccglm"):
        open_store(path)
    with pytest.raises(StoreTooNewError):
        read_store(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS) + 1


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    path.write_bytes(b"not a database, but long enough to have a header" * 40)

    for opened in (open_store, read_store):
        with pytest.raises(StoreDamagedError, match=r"usage\.db.*move it away"):
            opened(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "usage.db").mkdir()

    with pytest.raises(OSError, match=r"usage\.db"):
        open_store(tmp_path / "usage.db")


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    def m900_breaks(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE requests ADD COLUMN half_done TEXT")
        connection.execute("CREATE TABLE requests (x)")

    with closing(open_store(tmp_path / "usage.db")) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, [*MIGRATIONS, m900_breaks])
        columns = [row["name"] for row in connection.execute("PRAGMA table_info(requests)")]
        assert "half_done" not in columns
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)


def test_several_processes_may_create_the_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    code = (
        "import sys, pathlib\n"
        "from callbacks.usage_schema import open_store\n"
        "sys.stdin.readline()\n"
        "open_store(pathlib.Path(sys.argv[1])).execute("
        "\"INSERT INTO state VALUES (hex(randomblob(8)), '1', 0)\")\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()

    errors = [child.communicate(timeout=60)[1] for child in children]

    assert errors == [""] * 6
    with closing(open_store(path)) as connection:
        assert connection.execute("SELECT count(*) FROM state").fetchone()[0] == 6


def test_busy_is_told_apart_from_other_faults(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with (
        closing(open_store(path)) as holder,
        closing(open_store(path, busy_timeout_s=0.01)) as other,
    ):
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as busy:
            other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as broken:
            other.execute("SELECT nothing FROM nowhere")
    assert is_busy(busy.value)
    assert not is_busy(broken.value)
    assert not is_busy(StoreError("no code at all"))
