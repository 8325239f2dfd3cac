"""The process: how it starts, what it says, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from callbacks import serve
from ccglm.simulator.process import start_simulator
from tests.helpers.dialects import hook_settings
from tests.helpers.live_proxy import DEFAULT_SETTINGS, KEYS, LiveProxy, start_live_proxy

ROOT = Path(__file__).resolve().parents[2]


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "callbacks.serve", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_without_its_settings_it_says_so(tmp_path: Path) -> None:
    config = tmp_path / "litellm.yaml"
    config.write_text("model_list: []\n")
    arguments = ["--config", str(config), "--port", "1"]
    missing = run(arguments, {})
    assert (missing.returncode, missing.stderr) == (1, "error: CCGLM_HOOK_SETTINGS is not set\n")
    hooks = tmp_path / "hooks.json"
    hooks.write_text("{}")
    broken = run(arguments, {"CCGLM_HOOK_SETTINGS": str(hooks)})
    assert broken.returncode == 1
    assert "Traceback" not in broken.stderr


def test_without_its_config_it_says_so(tmp_path: Path) -> None:
    hooks = tmp_path / "hooks.json"
    hooks.write_text(hook_settings(tmp_path).to_json())
    absent = run(
        ["--config", str(tmp_path / "no.yaml"), "--port", "1"], {"CCGLM_HOOK_SETTINGS": str(hooks)}
    )
    assert absent.returncode == 1
    assert "no.yaml" in absent.stderr


def test_a_version_is_told() -> None:
    assert serve._version()


def a_request(**rest: Any) -> dict[str, Any]:
    message = {"role": "user", "content": "hello"}
    return {"model": "main", "max_tokens": 100, "messages": [message], **rest}


def command_lines(proxy: LiveProxy) -> str:
    return subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.proxy
def test_it_ends_soon_even_with_a_stream_open() -> None:
    with (
        start_simulator(models="legacy_glm") as simulator,
        start_live_proxy(
            DEFAULT_SETTINGS, cerebras_base=simulator.cerebras_base, zai_base=simulator.zai_base
        ) as proxy,
        httpx.Client(base_url=proxy.url, headers=proxy.headers, trust_env=False) as client,
    ):
        simulator.knobs(reply_tokens=100_000, tokens_per_s=100)
        with client.stream("POST", "/v1/messages", json=a_request(stream=True)) as response:
            next(response.iter_bytes())
            started = time.monotonic()
            proxy.process.send_signal(signal.SIGTERM)
            code = proxy.process.wait(10)
            assert time.monotonic() - started < 4.0
        assert code in (0, -signal.SIGTERM)
        simulator.wait_for(lambda log: bool(log) and log[0].closed_early)
        for key in (*KEYS.values(), proxy.token):
            assert key not in proxy.log


@pytest.mark.proxy
def test_several_workers_serve_one_port() -> None:
    with (
        start_simulator(models="legacy_glm") as simulator,
        start_live_proxy(
            DEFAULT_SETTINGS,
            cerebras_base=simulator.cerebras_base,
            zai_base=simulator.zai_base,
            workers=2,
        ) as proxy,
    ):
        for key in (*KEYS.values(), proxy.token):
            assert key not in command_lines(proxy)
        pids: set[int] = set()
        deadline = time.monotonic() + 30
        while len(pids) < 2 and time.monotonic() < deadline:
            with httpx.Client(base_url=proxy.url, headers=proxy.headers, trust_env=False) as client:
                pids.add(client.get("/ccglm/ready").json()["pid"])
                assert client.post("/v1/messages", json=a_request()).status_code == 200
        assert len(pids) == 2
        assert proxy.process.pid not in pids
        proxy.stop()
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
