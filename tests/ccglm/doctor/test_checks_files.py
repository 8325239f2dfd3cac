"""Modes, folders and the store, beside the planted faults."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from callbacks.usage_store import open_store
from tests.helpers.patients import Patient, patient, shared_proxy

__all__ = ["patient", "shared_proxy"]


def said(patient: Patient, check: str) -> list[str]:
    return [finding.what for _, finding in patient.examine(check).findings]


def test_a_state_folder_that_is_not_there_yet_is_fine(patient: Patient) -> None:
    shutil.rmtree(patient.paths.state)
    assert said(patient, "files") == []


@pytest.mark.parametrize("name", ["run_record", "proxy_config", "hook_settings"])
def test_generated_files_are_for_their_owner(name: str, patient: Patient) -> None:
    path: Path = getattr(patient.paths, name)
    path.chmod(0o640)
    (result,) = patient.examine("files").results
    assert (result.state, result.findings[0].place) == ("warning", str(path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_files_of_another_user_are_named(patient: Patient) -> None:
    os.chown(patient.paths.settings, 65_534, 65_534)
    assert said(patient, "files") == [f"`{patient.paths.settings}` belongs to another user"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(patient: Patient) -> None:
    patient.paths.state.chmod(0o500)
    assert said(patient, "files") == [f"`{patient.paths.state}` cannot be written"]


def test_secrets_that_git_ignores_are_fine(patient: Patient) -> None:
    subprocess.run(["git", "init", "-q", patient.home], check=True)
    (patient.home / ".gitignore").write_text(".env\n")
    assert said(patient, "files") == []


def test_a_store_that_is_whole_is_fine(patient: Patient) -> None:
    with closing(open_store(patient.paths.usage_db)):
        pass
    (result,) = patient.examine("usage-store").results
    assert (result.state, len(result.facts)) == ("ok", 1)


def test_damage_inside_the_store_is_found(patient: Patient) -> None:
    path = patient.paths.usage_db
    with closing(open_store(path)) as connection:
        connection.execute("CREATE TABLE filler (text TEXT)")
        connection.executemany("INSERT INTO filler VALUES (?)", [("x" * 500,)] * 500)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] > 0  # it can be opened
    assert any("damaged" in what for what in said(patient, "usage-store"))
