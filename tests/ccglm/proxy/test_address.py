"""The address of a running proxy comes with the token beside its settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError
from ccglm.proxy.address import ProxyAddress, address_of
from ccglm.proxy.run_record import RunRecord


def a_record(folder: Path) -> RunRecord:
    return RunRecord(
        pid=4242,
        host="0.0.0.0",
        port=4000,
        run_id="r",
        started_at="2026-11-21T00:00:00+00:00",
        log_path="",
        version="0.1.0",
        settings_path=str(folder / "ccglm.yaml"),
        state_path=str(folder / "state"),
    )


def test_the_token_is_read_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CCGLM_MASTER_KEY=stored\n")
    record = a_record(tmp_path)
    assert address_of(record, {}) == ProxyAddress("http://127.0.0.1:4000", "stored")
    assert address_of(record, {"CCGLM_MASTER_KEY": "mine"}).token == "mine"


def test_a_lost_token_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match="CCGLM_MASTER_KEY") as caught:
        address_of(a_record(tmp_path), {})
    assert "ccglm init" in (caught.value.hint or "")


def test_the_demo_keeps_its_own_token(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CCGLM_MASTER_KEY=of-the-demo\n")
    record = replace(a_record(tmp_path), simulator_pid=4243)
    assert address_of(record, {"CCGLM_MASTER_KEY": "mine"}).token == "of-the-demo"
