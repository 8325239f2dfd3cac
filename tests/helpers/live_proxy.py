"""The real proxy process on a free port, in front of whatever plays the providers.

`start_live_proxy` writes what `ccglm up` would write, starts `python -m callbacks.serve` and waits until it is warm.
The fixture `live_proxy` shares one process among the tests of a module; it needs the fixture `simulator_process` and
takes its settings from the fixture `proxy_settings`, which a module may define anew.

    from tests.helpers.live_proxy import live_proxy, proxy_settings
    from tests.helpers.simulator import simulator, simulator_knobs, simulator_process
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ccglm.simulator.process import SimulatorProcess
from litellm_config.build import build, build_hook_settings
from litellm_config.catalog import read_catalog
from litellm_config.load import load_settings
from litellm_config.render import render

__all__ = ["LiveProxy", "live_proxy", "proxy_settings", "rested", "start_live_proxy"]

MASTER_KEY = "sk-ccglm-" + "5a3c" * 16
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0

KEYS = {
    "CEREBRAS_API_KEY": "csk-test-cerebras-0001",
    "CEREBRAS_API_KEY_2": "csk-test-cerebras-0002",
    "ZAI_API_KEY": "zai-test-key-0001",
    "ZAI_API_KEY_2": "zai-test-key-0002",
}

DEFAULT_SETTINGS: dict[str, Any] = {
    "providers": {
        "cerebras": {"keys": ["CEREBRAS_API_KEY"]},
        "zai": {"keys": ["ZAI_API_KEY"], "surface": "anthropic"},
    },
    "models": {
        "main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"],
        "fast": ["zai/glm-4.5-air"],
    },
    "aliases": {"opus": "main", "sonnet": "main", "*haiku*": "fast", "*": "main"},
}


@dataclass
class LiveProxy:
    """A running proxy."""

    url: str
    token: str
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def headers(self) -> dict[str, str]:
        """What a client sends."""
        return {"authorization": f"Bearer {self.token}", "anthropic-version": "2023-06-01"}

    @property
    def log(self) -> str:
        """What the process has written so far."""
        return (self.folder / "proxy.log").read_text(errors="replace")

    def client(self, timeout_s: float = 30.0) -> httpx.AsyncClient:
        """Return a client that is authorised; to be closed by the caller."""
        return httpx.AsyncClient(
            base_url=self.url, headers=self.headers, timeout=timeout_s, trust_env=False
        )

    def stop(self) -> int:
        """Ask the process to end and return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            # Its workers too: they are of its process group and of no other.
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


@contextmanager
def start_live_proxy(
    settings: Mapping[str, Any],
    *,
    cerebras_base: str,
    zai_base: str,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Generator[LiveProxy]:
    """Run the proxy with some settings for the length of a block.

    Args:
        settings: Contents of `ccglm.yaml`.
        cerebras_base: Where Cerebras is played; ends in /v1.
        zai_base: Where Z.ai is played; the root.
        workers: Worker processes.
        environment: Further variables for the process.
        folder: Where its files lie; None: a folder of its own that is removed at the end.
    """
    with tempfile.TemporaryDirectory(prefix="ccglm-proxy-") as name:
        folder = folder or Path(name)
        config, hooks = _write_files(folder, settings, cerebras_base, zai_base)
        port = free_port()
        variables = {
            **_inherited(),
            **KEYS,
            "HOME": str(folder),
            "CCGLM_MASTER_KEY": MASTER_KEY,
            "CCGLM_HOOK_SETTINGS": str(hooks),
            "CCGLM_RUN_ID": "test-run",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        command = [
            sys.executable, "-m", "callbacks.serve", "--config", str(config), "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(workers),
        ]  # fmt: skip
        with (folder / "proxy.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                env=variables,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=Path(__file__).resolve().parents[2],
            )
        proxy = LiveProxy(f"http://127.0.0.1:{port}", MASTER_KEY, process, folder)
        try:
            _wait_until_warm(proxy)
            yield proxy
        finally:
            proxy.stop()


def _write_files(
    folder: Path, settings: Mapping[str, Any], cerebras_base: str, zai_base: str
) -> tuple[Path, Path]:
    source = folder / "ccglm.yaml"
    source.write_text(yaml.safe_dump(dict(settings)))
    variables = {
        **KEYS,
        "CCGLM_MASTER_KEY": MASTER_KEY,
        "CEREBRAS_API_BASE": cerebras_base,
        "ZAI_API_BASE": zai_base,
    }
    loaded = load_settings(source, variables, {})
    assert loaded.settings is not None, "\n".join(str(p) for p in loaded.problems)
    catalog = read_catalog()
    config, hooks = folder / "litellm.yaml", folder / "hooks.json"
    config.write_text(render(build(loaded.settings, catalog), source=source.name))
    hook_settings = build_hook_settings(loaded.settings, catalog, usage_db_path=folder / "usage.db")
    hooks.write_text(hook_settings.to_json())
    return config, hooks


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _inherited() -> dict[str, str]:
    kept = ("PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_CONFIG", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _wait_until_warm(proxy: LiveProxy) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    with httpx.Client(trust_env=False, timeout=5.0) as client:
        while time.monotonic() < deadline:
            if proxy.process.poll() is not None:
                raise AssertionError(f"the proxy ended:\n{proxy.log[-4000:]}")
            try:
                if client.get(f"{proxy.url}/ccglm/ready").json()["warm"]:
                    return
            except (httpx.TransportError, ValueError):
                pass
            time.sleep(0.05)
    raise AssertionError(f"the proxy did not become warm:\n{proxy.log[-4000:]}")


@pytest.fixture(scope="module")
def proxy_settings() -> dict[str, Any]:
    """Contents of `ccglm.yaml` for the module's proxy."""
    return DEFAULT_SETTINGS


@pytest.fixture(scope="module")
def live_proxy(
    simulator_process: SimulatorProcess, proxy_settings: dict[str, Any]
) -> Generator[LiveProxy]:
    """One proxy for the whole module, in front of the module's simulator."""
    with start_live_proxy(
        proxy_settings,
        cerebras_base=simulator_process.cerebras_base,
        zai_base=simulator_process.zai_base,
    ) as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def rested(live_proxy: LiveProxy) -> None:
    """Let each test of a module that imports this start without pauses and with full quotas."""
    with httpx.Client(trust_env=False, headers=live_proxy.headers) as client:
        client.post(f"{live_proxy.url}/ccglm/resume").raise_for_status()
