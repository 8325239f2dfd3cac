"""The writer never waits, never fails, keeps what it can and counts what it cannot."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from blockbuster import blockbuster_ctx

from callbacks.usage_rows import MS_PER_DAY, UsageRow
from callbacks.usage_schema import open_store, read_store
from callbacks.usage_state import DROPPED_KEY, Calibration, load_calibration, load_state
from callbacks.usage_writer import BATCH_JOBS, UsageWriter
from tests.helpers.usage_builders import NOON_MS, a_store, a_usage_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


@pytest.fixture
def writer(path: Path) -> Iterator[UsageWriter]:
    with closing(UsageWriter(path)) as writer:
        yield writer


def request_ids(path: Path) -> list[str]:
    connection = read_store(path)
    assert connection is not None
    with closing(connection):
        return [row[0] for row in connection.execute("SELECT request_id FROM requests ORDER BY id")]


def rows_named(*names: str) -> list[UsageRow]:
    return [a_usage_row(request_id=name) for name in names]


def test_a_row_is_written_soon_after_it_was_put(writer: UsageWriter, path: Path) -> None:
    writer.start()

    assert writer.put_row(a_usage_row(request_id="one"))
    assert writer.flush()

    assert request_ids(path) == ["one"]
    assert (writer.written, writer.dropped, writer.queued) == (1, 0, 0)


def test_rows_put_before_the_start_are_kept(writer: UsageWriter, path: Path) -> None:
    writer.put_row(a_usage_row(request_id="early"))
    assert not writer.flush(), "nobody writes yet"

    writer.start()
    writer.start()

    assert writer.flush()
    assert request_ids(path) == ["early"]


def test_closing_writes_what_is_queued_and_takes_no_more(path: Path) -> None:
    writer = UsageWriter(path)
    names = [f"row-{number}" for number in range(BATCH_JOBS * 2 + 7)]
    for row in rows_named(*names):
        writer.put_row(row)
    writer.start()

    assert writer.close()

    assert request_ids(path) == names
    assert not writer.put_row(a_usage_row())
    assert not writer.flush()
    assert writer.dropped == 1
    assert writer.close(), "closing twice is fine"


def test_closing_a_writer_that_never_started_is_fine(path: Path) -> None:
    assert UsageWriter(path).close()
    assert not path.exists()


def test_a_full_queue_drops_and_counts_here_and_in_the_store(path: Path) -> None:
    with closing(UsageWriter(path, queue_jobs=2)) as writer:
        kept = [writer.put_row(row) for row in rows_named("one", "two", "three", "four")]
        assert kept == [True, True, False, False]
        assert (writer.queued, writer.dropped) == (2, 2)
        writer.start()
        assert writer.flush()
        assert writer.put_row(a_usage_row(request_id="five"))

    assert request_ids(path) == ["one", "two", "five"]
    assert load_state(path) == {DROPPED_KEY: 2}


async def test_putting_from_the_event_loop_never_blocks(path: Path) -> None:
    """A store that is locked by somebody else, a full queue, a hundred rows: the loop notices
    nothing."""
    writer = UsageWriter(path, queue_jobs=50)
    holder = open_store(path)
    holder.execute("BEGIN IMMEDIATE")
    writer.start()

    with blockbuster_ctx():
        for row in rows_named(*map(str, range(100))):
            writer.put_row(row)
        writer.put_calibration("zai/glm-4.7", 1.0, 1)
        writer.put_state("key", {"a": 1})
        writer.delete_state("key")

    holder.execute("ROLLBACK")
    holder.close()
    assert writer.dropped >= 2
    assert writer.close()
    assert request_ids(path)[0] == "0"


def test_a_row_the_store_refuses_takes_no_other_with_it(
    writer: UsageWriter, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    impossible: list[dict[str, Any]] = [
        {"request_id": "too-big", "input_tokens": 2**70},
        {"request_id": "no-text", "role": "\ud800"},
        {"request_id": "no-number", "duration_ms": float("nan")},
        {"request_id": "no-value", "requested_model": {"a": 1}},
    ]
    with caplog.at_level(logging.WARNING):
        writer.put_row(a_usage_row(request_id="before"))
        for changes in impossible * 2:
            writer.put_row(a_usage_row(**changes))
        writer.put_row(a_usage_row(request_id="after"))
        writer.start()
        assert writer.flush()

    assert request_ids(path) == ["before", "after"]
    assert (writer.written, writer.dropped) == (2, 8)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == len(set(messages)) == 4, "each cause is told once"
    assert all("the usage store cannot be written" in message for message in messages)


def test_a_store_that_cannot_be_opened_costs_rows_and_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with closing(UsageWriter(tmp_path / "file" / "usage.db")) as writer:
        writer.start()
        for row in rows_named("one", "two"):
            writer.put_row(row)
            assert writer.flush()
        assert writer.dropped == 2

    assert len(caplog.records) == 1


def test_a_store_held_by_another_process_is_waited_for(path: Path) -> None:
    holder = open_store(path)
    holder.execute("BEGIN IMMEDIATE")
    with closing(UsageWriter(path, busy_timeout_s=0.1)) as writer:
        writer.put_row(a_usage_row(request_id="patient"))
        writer.start()
        assert not writer.flush(0.3), "it is still waiting"
        holder.execute("COMMIT")
        holder.close()
        assert writer.flush()
        assert writer.dropped == 0

    assert request_ids(path) == ["patient"]


def test_a_store_held_for_ever_costs_the_batch_at_the_end(path: Path) -> None:
    with closing(open_store(path)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        writer = UsageWriter(path, busy_timeout_s=0.01)
        for row in rows_named("one", "two"):
            writer.put_row(row)
        writer.start()
        assert writer.flush()
        assert (writer.written, writer.dropped) == (0, 2)
        assert writer.close()


def test_a_store_that_was_deleted_is_begun_anew(writer: UsageWriter, path: Path) -> None:
    writer.start()
    writer.put_row(a_usage_row(request_id="old"))
    assert writer.flush()
    for file in path.parent.glob("usage.db*"):
        file.unlink()

    writer.put_row(a_usage_row(request_id="new"))
    assert writer.flush()

    assert request_ids(path) == ["new"]


def test_rows_beyond_the_retention_go_at_the_start(path: Path) -> None:
    ages_days = {"young": 6, "old": 8}
    a_store(
        path,
        [
            a_usage_row(request_id=name, started_at_ms=NOON_MS - days * MS_PER_DAY)
            for name, days in ages_days.items()
        ],
    )
    with closing(UsageWriter(path, retention_days=7, now_ms=lambda: NOON_MS)) as writer:
        writer.start()
        assert writer.flush()

    assert request_ids(path) == ["young"]


def test_rows_grow_old_while_the_writer_runs_and_is_never_idle(path: Path) -> None:
    now = [NOON_MS]
    writer = UsageWriter(path, retention_days=7, prune_every_s=0.0, now_ms=lambda: now[0])
    with closing(writer):
        writer.start()
        writer.put_row(a_usage_row(request_id="first", started_at_ms=NOON_MS))
        assert writer.flush()
        now[0] += 8 * MS_PER_DAY
        for number in range(20):
            writer.put_row(a_usage_row(request_id=f"later-{number}", started_at_ms=now[0]))
            assert writer.flush()

        assert "first" not in request_ids(path)
        assert len(request_ids(path)) == 20


def test_calibration_and_state_are_written_in_order(writer: UsageWriter, path: Path) -> None:
    writer.start()
    writer.put_calibration("zai/glm-4.7", 1.25, 9)
    writer.put_state("cooling.KEY", {"until": "2026-11-21"})
    writer.put_state("gone", 1)
    writer.delete_state("gone")
    assert writer.flush()

    assert load_calibration(path) == {"zai/glm-4.7": Calibration("zai/glm-4.7", 1.25, 9)}
    assert load_state(path) == {"cooling.KEY": {"until": "2026-11-21"}}
    with pytest.raises(TypeError):
        writer.put_state("not json", object())


def test_two_writers_share_a_store(path: Path) -> None:
    with closing(UsageWriter(path)) as one, closing(UsageWriter(path)) as other:
        for writer in (one, other):
            writer.start()
        threads = [
            threading.Thread(
                target=lambda writer=writer, name=name: [
                    writer.put_row(a_usage_row(request_id=f"{name}-{number}"))
                    for number in range(200)
                ]
            )
            for name, writer in (("one", one), ("other", other))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(request_ids(path)) == 400


WRITE_AND_WAIT = """
import pathlib, sys, time
from callbacks.usage_writer import UsageWriter
from tests.helpers.usage_builders import a_usage_row

writer = UsageWriter(pathlib.Path(sys.argv[1]))
writer.start()
number = 0
if sys.argv[2] == "exit":
    for number in range(300):
        writer.put_row(a_usage_row(request_id=f"row-{number}"))
    sys.exit()
while True:
    writer.put_row(a_usage_row(request_id=f"row-{number}"))
    if number == 500:
        assert writer.flush()
        print("committed", flush=True)
    number += 1
    if number % 100 == 0:
        writer.flush()
"""


def test_a_process_that_ends_writes_what_is_queued(path: Path) -> None:
    subprocess.run([sys.executable, "-c", WRITE_AND_WAIT, str(path), "exit"], check=True)

    assert len(request_ids(path)) == 300


def test_a_process_killed_while_writing_loses_nothing_committed(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_AND_WAIT, str(path), "run"], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "committed\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=30)

    names = request_ids(path)

    assert names[:501] == [f"row-{number}" for number in range(501)]
    assert names == [f"row-{number}" for number in range(len(names))], "no gap, no half row"
    with closing(open_store(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        hops = connection.execute("SELECT count(*) FROM hops").fetchone()[0]
        assert hops == connection.execute("SELECT count(*) FROM requests").fetchone()[0]
