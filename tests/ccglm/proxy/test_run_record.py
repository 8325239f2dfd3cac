"""The record of a running proxy survives a write and refuses nonsense."""

import dataclasses
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.proxy.run_record import (
    RunRecord,
    read_run_record,
    remove_run_record,
    url_host,
    was_told_to_stop,
    write_run_record,
)
from tests.helpers.launches import a_record


@pytest.mark.parametrize(
    "record", [a_record(), a_record(simulator_pid=77, detached=True, stopping=True)]
)
def test_what_is_written_is_read(record: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "state" / "run.json"
    write_run_record(path, record)
    assert read_run_record(path) == record
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_file_is_no_record(tmp_path: Path) -> None:
    assert read_run_record(tmp_path / "run.json") is None


@pytest.mark.parametrize(
    "change",
    [
        {"pid": 1},
        {"pid": "x"},
        {"simulator_pid": 0},
        {"started_at": "noon"},
        {"started_at": "2026-11-20"},
    ],
)
def test_a_record_that_could_hurt_is_none(change: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**dataclasses.asdict(a_record()), **change}))
    assert read_run_record(path) is None


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_no_record(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    path = tmp_path_factory.mktemp("record") / "run.json"
    path.write_text(json.dumps(document))
    assert read_run_record(path) is None


def test_text_that_is_no_json_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"pid": 12')
    assert read_run_record(tmp_path / "run.json") is None


def test_only_the_own_record_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_run_record(path, a_record(run_id="other"))
    remove_run_record(path, "mine")
    assert path.exists()
    remove_run_record(path, "other")
    remove_run_record(path, "other")
    assert not path.exists()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:4000"),
        ("0.0.0.0", "http://127.0.0.1:4000"),
        ("::", "http://[::1]:4000"),
        ("fe80::1", "http://[fe80::1]:4000"),
        ("localhost", "http://localhost:4000"),
    ],
)
def test_a_client_on_this_machine_can_use_the_address(host: str, address: str) -> None:
    assert a_record(host=host).address == address
    assert url_host(host) in address


def test_a_run_whose_record_is_marked_or_gone_was_told_to_stop(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    assert was_told_to_stop(path, "run-1")
    write_run_record(path, a_record())
    assert not was_told_to_stop(path, "run-1")
    assert was_told_to_stop(path, "run-2")
    write_run_record(path, a_record(stopping=True))
    assert was_told_to_stop(path, "run-1")


def test_the_record_knows_what_it_was_started_from() -> None:
    paths = a_record().paths
    assert paths.settings == Path("/settings/ccglm.yaml")
    assert paths.secrets == Path("/settings/.env")
    assert paths.hook_settings == Path("/state/hooks.json")


def test_a_record_of_an_earlier_version_may_lack_what_was_added_since(tmp_path: Path) -> None:
    document = dataclasses.asdict(a_record())
    for name in ("detached", "stopping", "simulator_pid"):
        del document[name]
    (tmp_path / "run.json").write_text(json.dumps(document))
    assert read_run_record(tmp_path / "run.json") == a_record()
