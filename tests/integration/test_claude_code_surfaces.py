"""The real client on Z.ai's OpenAI surface, with a proxy that `ccglm code` starts by itself."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from ccglm.proxy.ports import free_port
from ccglm.simulator.process import start_simulator
from tests.helpers.ccglm_home import write_home
from tests.helpers.claude_client import ClaudeClient, install_client
from tests.helpers.claude_sessions import Station, call, run_ccglm

pytestmark = [pytest.mark.claude_code, pytest.mark.proxy, pytest.mark.timeout(120)]

_PROVIDERS = {"zai": {"keys": ["ZAI_API_KEY"], "surface": "openai"}}
_MODELS = {"main": ["zai/glm-4.7"], "fast": ["zai/glm-4.5-air"]}
_PROMPT_TIMEOUT_S = 30.0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Station]:
    """A home with settings and no running proxy."""
    program = install_client()
    folder = tmp_path_factory.mktemp("zai")
    (folder / "home").mkdir()
    home = write_home(
        folder / "ccglm",
        providers=_PROVIDERS,
        models=_MODELS,
        server={"port": free_port("127.0.0.1")},
    )
    with start_simulator(zai_concurrency=0) as simulator:
        with (home / ".env").open("a") as file:
            file.write(f"ZAI_API_BASE={simulator.zai_base}\n")
        station = Station(folder, simulator, program)
        yield station
        run_ccglm(station.environment, "down", "--json")


@pytest.fixture
def station(shared: Station) -> Iterator[Station]:
    shared.simulator.reset()
    yield shared
    assert [r.error_message for r in shared.requests() if r.refused and not r.scenario] == []


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "notes.txt").write_text("The code word is heron.\n")
    return folder


@pytest.fixture
def client(station: Station, work: Path) -> ClaudeClient:
    return station.session(work)


def test_code_starts_the_proxy_and_leaves_it_running(
    station: Station, client: ClaudeClient
) -> None:
    station.simulator.script([{"text": "Good day."}])
    answer = client.ask("hello")
    assert answer.text == "Good day."
    assert "`ccglm down` stops it" in answer.stderr
    status = run_ccglm(station.environment, "status", "--json")
    assert status["running"] is True
    station.simulator.script([{"text": "Good day again."}])
    again = client.ask("hello", "-c")
    assert again.text == "Good day again."
    assert "starting" not in again.stderr


def test_a_tool_session_on_the_openai_surface(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    station.simulator.script([
        {"thinking": "Look.", "tool_calls": [call("Read", file_path=str(work / "notes.txt"))]},
        {"text": "Heron.", "match": {"tool_result": "heron"}},
    ])  # fmt: skip
    assert client.ask("Which word?").text == "Heron."
    assert {record.surface for record in station.requests()} == {"zai_openai"}
    last = station.requests()[-1].body
    assert last["thinking"]["type"] == "enabled"
    (asked,) = [m for m in last["messages"] if m["role"] == "assistant"]
    assert asked["reasoning_content"] == "Look."


def test_thinking_that_is_switched_off_in_the_client_is_off_at_the_model(
    station: Station, work: Path
) -> None:
    client = station.session(work, MAX_THINKING_TOKENS="0")
    assert client.ask("hello").text
    assert station.requests()[-1].body["thinking"] == {"type": "disabled"}


def test_an_overflow_starts_the_clients_compaction(station: Station, client: ClaudeClient) -> None:
    station.simulator.script([{"text": "One."}, {"text": "Two."}])
    client.ask("first")
    client.ask("second", "-c")
    station.simulator.scenario("ZA-05")
    station.simulator.script([
        {"text": "<summary>They counted to two.</summary>", "match": {"contains": "summary"}},
        {"text": "Three.", "match": {"contains": "third"}},
    ])  # fmt: skip
    assert client.ask("third", "-c").text == "Three."
    assert "They counted to two." in json.dumps(station.requests()[-1].body["messages"])


def test_the_users_settings_written_by_claude_env_serve_the_plain_client(
    station: Station, work: Path
) -> None:
    environment = {**station.environment, "HOME": str(work.parent / "user")}
    written = run_ccglm(environment, "claude-env", "--json")
    assert written["changed"] is True
    plain = ClaudeClient(
        station.program,
        home=Path(environment["HOME"]),
        work=work,
        variables={"ANTHROPIC_API_KEY": "sk-ant-of-another-account"},
    )
    station.simulator.script([{"text": "Served."}])
    assert plain.ask("hello").text == "Served."
    assert run_ccglm(environment, "claude-env", "--undo", "--json")["undone"] is True
    assert not (plain.home / ".claude" / "settings.json").exists()


def test_an_isolated_client_starts_at_its_prompt(station: Station, client: ClaudeClient) -> None:
    screen = _screen_until(client, "manual mode on")
    assert "manual mode on" in screen, screen
    for question in ("Choose the text style", "trust this folder", "Select login method"):
        assert question not in screen


def _screen_until(client: ClaudeClient, text: str) -> str:
    """Start the client on a terminal and return what it showed, spaces as drawn, until a text came."""
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        client.launcher,
        cwd=client.work,
        env={**client.environment, "TERM": "xterm-256color"},
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    shown = b""
    deadline = time.monotonic() + _PROMPT_TIMEOUT_S
    try:
        while text.encode() not in shown and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 65_536)
    finally:
        process.terminate()
        process.wait(timeout=10)
        os.close(terminal)
    return shown.decode(errors="replace")
