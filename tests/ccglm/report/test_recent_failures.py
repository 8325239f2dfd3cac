"""The last requests that did not go as wished."""

from __future__ import annotations

from pathlib import Path

from ccglm.report.recent_failures import SHOWN, recent_failures
from tests.helpers.usage_builders import NOON_MS, a_store, a_usage_row


def test_no_store_has_no_failures(tmp_path: Path) -> None:
    assert recent_failures(tmp_path / "usage.db") == []


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    path.write_bytes(b"no database" * 500)
    (line,) = recent_failures(path)
    assert "damaged" in line


def test_failures_and_fallbacks_are_shown_oldest_first(tmp_path: Path) -> None:
    failed = {"outcome": "failed", "served_model": None, "provider": None, "status": 529}
    path = a_store(
        tmp_path / "usage.db",
        [
            a_usage_row(started_at_ms=NOON_MS + 2000, fault="overloaded", **failed),
            a_usage_row(started_at_ms=NOON_MS),
            a_usage_row(
                started_at_ms=NOON_MS + 1000,
                provider="zai",
                served_model="glm-4.7",
                fallback_from="cerebras",
                fallback_cause="token_quota",
            ),
        ],
    )
    assert recent_failures(path) == [
        (
            "2026-11-21T12:00:01Z  served  claude-sonnet-4-5 -> zai/glm-4.7  status 200  "
            "instead of cerebras: token_quota"
        ),
        "2026-11-21T12:00:02Z  failed  claude-sonnet-4-5 -> nobody  status 529  fault overloaded",
    ]


def test_only_the_last_are_shown(tmp_path: Path) -> None:
    rows = [
        a_usage_row(started_at_ms=NOON_MS + n * 1000, outcome="failed", fault=f"f{n}")
        for n in range(SHOWN + 5)
    ]
    lines = recent_failures(a_store(tmp_path / "usage.db", rows))
    assert len(lines) == SHOWN
    assert lines[-1].endswith(f"fault f{SHOWN + 4}")
