"""The load test in its short form against a real proxy, and what it says of a bad one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ccglm.simulator.process import SimulatorProcess
from scripts.chaos.wire import ask
from scripts.conformance.reply import Event, Reply
from scripts.load_test import Load
from tests.helpers.live_proxy import LiveProxy, live_proxy, proxy_settings
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["live_proxy", "proxy_settings", "simulator", "simulator_knobs", "simulator_process"]

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "load_test.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], check=False, capture_output=True, text=True
    )


@pytest.mark.proxy
def test_many_streams_at_once_are_all_right(
    live_proxy: LiveProxy, simulator: SimulatorProcess
) -> None:
    simulator.knobs(
        cerebras_rpm=0, cerebras_tpm=0, cerebras_total_tpm=0, tokens_per_s=2000, split="mid_utf8"
    )
    done = run(live_proxy.url, live_proxy.token, "20", "--seconds", "3", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert (figures["streams"], figures["lost"], figures["mixed"]) == (20, 0, 0)
    assert figures["answered"] >= 20
    assert figures["tool_calls"] > 0
    assert figures["hung_up"] > 0
    assert 0 < figures["first_ms"]["p50"] <= figures["first_ms"]["p99"]
    simulator.wait_for(lambda records: not any(record.in_flight for record in records))


@pytest.mark.proxy
def test_a_refusal_fails(live_proxy: LiveProxy, simulator: SimulatorProcess) -> None:
    done = run(live_proxy.url, "wrong", "2", "--seconds", "0.1")
    assert done.returncode == 1
    assert "lost: status 401" in done.stdout


async def test_an_answer_with_other_words_is_mixed(simulator: SimulatorProcess) -> None:
    simulator.script([{"text": "mark:b b b"}])
    body = {"model": "glm-4.7", "max_tokens": 9, "stream": True, "messages": [{"role": "user", "content": "x"}]}  # fmt: skip
    reply = await ask(f"{simulator.api}/api/anthropic", "key", body)
    load = Load(1)
    load.take(reply, "mark:b b b", 3)
    load.take(reply, "mark:a a a", 3)
    assert (load.answered, load.mixed, load.lost, load.ok) == (1, 1, 0, False)
    assert "mark:b b b" in load.text()


def test_an_answer_without_its_end_is_lost() -> None:
    load = Load(1)
    start = Event("message_start", "", {"type": "message_start", "message": {}}, 0.0)
    load.take(Reply(status=200, streamed=True, events=[start]), "words", 1)
    assert (load.lost, load.answered, load.ok) == (1, 0, False)


def test_an_address_needs_its_token() -> None:
    done = run("http://127.0.0.1:9")
    assert done.returncode == 2
    assert "URL and TOKEN belong together" in done.stderr
