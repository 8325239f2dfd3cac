"""The status says what runs, from the files the proxy was started from."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ccglm import __version__
from ccglm.errors import ProxyUnavailable
from ccglm.paths import Paths
from ccglm.proxy.run_record import RunRecord, write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import start_proxy
from ccglm.proxy.status import proxy_status, status_view
from tests.helpers.launches import a_launch
from tests.helpers.usage_builders import a_store, a_usage_row

CHAINS = {"main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"], "fast": ["zai/glm-4.5-air"]}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(settings=tmp_path / "ccglm.yaml", state=tmp_path / "state")


@pytest.fixture
def record(tmp_path: Path, paths: Paths) -> Iterator[RunRecord]:
    launch = a_launch(tmp_path)
    fields = replace(launch.record, settings_path=str(paths.settings), state_path=str(paths.state))
    proxy = start_proxy(replace(launch, record=fields), stop=StopRequest())
    yield proxy.record
    proxy.stop()


def test_nothing_running_is_said(paths: Paths) -> None:
    with pytest.raises(ProxyUnavailable):
        proxy_status(paths, datetime.now(UTC))


def test_everything_about_the_running_proxy_is_told(record: RunRecord, paths: Paths) -> None:
    paths.hook_settings.write_text(json.dumps({"chains": CHAINS}))
    status = proxy_status(paths, record.started + timedelta(hours=2, seconds=1))
    data = status_view(status).data
    assert data == {
        "running": True, "ready": True, "warm": True, "address": f"http://127.0.0.1:{record.port}",
        "host": "127.0.0.1", "port": record.port, "pid": record.pid,
        "started_at": "2026-11-20T12:00:00+00:00", "uptime_s": 7201.0, "version": __version__,
        "installed_version": __version__, "version_skew": False, "detached": False, "demo": False,
        "settings": str(paths.settings), "log": record.log_path, "chains": CHAINS, "requests": None, "keys": [],
    }  # fmt: skip
    lines = [str(block) for block in status_view(status).blocks]
    assert lines[0].startswith("proxy     running for 2 h, since ")
    assert "main      cerebras/zai-glm-4.7, then zai/glm-4.7" in lines


def test_another_version_is_noticed(record: RunRecord, paths: Paths) -> None:
    write_run_record(paths.run_record, replace(record, version="0.0.1", simulator_pid=record.pid))
    status = proxy_status(paths, record.started)
    assert status.version_skew
    assert status_view(status).data["demo"] is True
    assert any("simulated providers" in str(block) for block in status_view(status).blocks)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"chains": 3}', '{"chains": {"main": 1}}'])
def test_a_generated_file_that_cannot_be_read_costs_only_the_chains(
    text: str, record: RunRecord, paths: Paths
) -> None:
    paths.hook_settings.write_text(text)
    assert proxy_status(paths, record.started).chains == {}


def test_what_it_served_since_it_started_is_counted(record: RunRecord, paths: Paths) -> None:
    started_ms = int(record.started.timestamp() * 1000)
    a_store(
        paths.usage_db,
        [
            a_usage_row(started_at_ms=started_ms - 1),
            a_usage_row(started_at_ms=started_ms, provider="cerebras"),
            a_usage_row(started_at_ms=started_ms + 5, provider="zai", outcome="failed"),
        ],
    )
    status = proxy_status(paths, record.started + timedelta(seconds=1))
    assert status_view(status).data["requests"] == {
        "total": 2, "served": 1, "failed": 1, "cancelled": 0, "fallbacks": 0, "by_provider": {"cerebras": 1},
    }  # fmt: skip
    assert any(
        "1 served (cerebras 1), 0 of them on fallback, 1 failed" in str(b)
        for b in status_view(status).blocks
    )


def test_a_damaged_store_costs_only_the_counts(record: RunRecord, paths: Paths) -> None:
    paths.usage_db.write_bytes(b"this is no database" * 100)
    assert proxy_status(paths, record.started).served is None
