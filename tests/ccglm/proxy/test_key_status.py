"""What the proxy says of its keys, asked over a real socket and put into lines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ccglm.proxy.key_status import ask_keys, key_lines
from ccglm.proxy.run_record import RunRecord
from tests.helpers.http_server import serve_app
from tests.helpers.launches import a_launch

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKEN = {"CCGLM_MASTER_KEY": "sk-ccglm-token"}
KEY: dict[str, Any] = {
    "member": "cerebras/zai-glm-4.7", "key": "CEREBRAS_API_KEY", "plan": "free-trial", "in_flight": 2,
    "most_in_flight": None, "served": 1234, "refused": 1, "resting": None,
    "limits": [
        {"unit": "requests", "period": "minute", "capacity": 10, "remaining": 4, "full_in_s": 36},
        {"unit": "total_tokens", "period": "hour", "capacity": 1_000_000, "remaining": 1_000_000, "full_in_s": 0},
    ],
}  # fmt: skip


class App:
    """Answers every request with the same bytes and remembers the headers."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.headers: dict[bytes, bytes] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.headers = dict(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.body})


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    return a_launch(tmp_path).record


def at(record: RunRecord, url: str) -> RunRecord:
    return replace(record, host="127.0.0.1", port=int(url.rpartition(":")[2]))


def test_the_proxy_is_asked_with_its_token(record: RunRecord) -> None:
    app = App(json.dumps({"pid": 1, "keys": [KEY, "odd"]}).encode())
    with serve_app(app) as url:
        assert ask_keys(at(record, url), TOKEN) == [KEY]
    assert app.headers[b"authorization"] == b"Bearer sk-ccglm-token"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"keys": 3}'])
def test_an_odd_answer_is_no_keys(record: RunRecord, body: bytes) -> None:
    with serve_app(App(body)) as url:
        assert ask_keys(at(record, url), TOKEN) == []


@pytest.mark.parametrize("quote", ["", "'"])
def test_the_token_is_found_in_the_secrets_file(record: RunRecord, quote: str) -> None:
    token = "sk-ccglm-" + "0a" * 32
    record.paths.secrets.parent.mkdir(parents=True, exist_ok=True)
    record.paths.secrets.write_text(f"CCGLM_MASTER_KEY={quote}{token}{quote}\n")
    app = App(b"{}")
    with serve_app(app) as url:
        ask_keys(at(record, url), {})
    assert app.headers[b"authorization"] == f"Bearer {token}".encode()
    record.paths.secrets.write_text("OTHER='x'\n")
    assert ask_keys(record, {}) == []


def test_without_a_token_or_a_proxy_there_are_no_keys(record: RunRecord) -> None:
    assert ask_keys(record, {}) == []
    assert ask_keys(replace(record, port=1), TOKEN) == []


def test_a_key_is_one_line() -> None:
    (line,) = key_lines([KEY], NOW)
    assert line.split("; ") == [
        "CEREBRAS_API_KEY  cerebras/zai-glm-4.7  plan free-trial",
        "4 of 10 requests a minute left, full in 36.0 s",
        "1,000,000 of 1,000,000 total tokens an hour left",
        "1,234 served, 1 refused",
        "2 under way",
    ]
    bare = {**KEY, "plan": None, "limits": [], "in_flight": 0, "served": 0, "refused": 0}
    assert "no limits known; 0 served, 0 refused" in key_lines([bare], NOW)[0]
    assert key_lines([], NOW) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": (NOW + timedelta(seconds=58)).isoformat()}, "rests for 58.0 s: no more"),
        ({"until": (NOW - timedelta(seconds=58)).isoformat()}, "rests for 0 ms: no more"),
        ({"for_good": True, "until": None}, "OUT OF SERVICE until something changes: no more"),
        ({"waits_for_probe": True, "until": None}, "it is asked before it serves again: no more"),
    ],
)
def test_a_resting_key_says_why_on_a_second_line(changes: dict[str, Any], words: str) -> None:
    resting = {"cause": "x", "says": "no more", "for_good": False, "probing": False, **changes}
    _, second = key_lines([{**KEY, "resting": resting}], NOW)
    assert second.endswith(words)
