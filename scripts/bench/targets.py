"""What is measured: the simulator asked directly, ccglm, bare LiteLLM, and peers that run already."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.load import CHAT_STREAM, CHAT_WHOLE, MESSAGES_STREAM, MESSAGES_WHOLE, Shape

MODEL = "zai-glm-4.7"
CLIENT_MODEL = "claude-sonnet-4-5"
START_TIMEOUT_S = 120.0
_BARE_CONFIG = """\
model_list:
  - model_name: "claude-*"
    litellm_params: {{model: "cerebras/{model}", api_base: "{base}", api_key: "k"}}
litellm_settings: {{drop_params: true, telemetry: false}}
router_settings: {{num_retries: 0, disable_cooldowns: true}}
general_settings: {{master_key: "{key}"}}
"""


@dataclass(frozen=True)
class Target:
    """One thing to measure.

    Attributes:
        name: Its name in the table.
        url: Its address, without the path of the endpoint.
        token: Bearer token.
        model: The model name to ask for.
        pid: Its process, for CPU and memory; None when unknown.
        shape: How its streams are asked.
        whole: How its whole answers are asked.
    """

    name: str
    url: str
    token: str
    model: str = CLIENT_MODEL
    pid: int | None = None
    shape: Shape = MESSAGES_STREAM
    whole: Shape = MESSAGES_WHOLE


def direct(base_url: str) -> Target:
    """Return the simulated provider itself, the measure of all others."""
    url = base_url.removesuffix("/v1")
    return Target("direct", url, "k", MODEL, None, CHAT_STREAM, CHAT_WHOLE)


def parse_peer(text: str) -> Target:
    """Return the target for `NAME=URL,TOKEN[,PID]`.

    Raises:
        ValueError: The text has another form.
    """
    name, equals, rest = text.partition("=")
    parts = rest.split(",")
    if not equals or not name or len(parts) not in (2, 3):
        raise ValueError(f"`{text}` is not NAME=URL,TOKEN[,PID]")
    pid = int(parts[2]) if len(parts) == 3 else None
    return Target(name, parts[0].rstrip("/"), parts[1], pid=pid)


def child_environment(home: Path) -> dict[str, str]:
    """Return an environment with nothing of the user's but the path and the language."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}


@contextlib.contextmanager
def running_ccglm(
    cerebras_base: str,
    zai_base: str,
    *,
    settings: str = "",
    keys: Mapping[str, str] | None = None,
) -> Generator[Target]:
    """Start ccglm on the simulated providers; stop it at the end.

    Args:
        cerebras_base: Where Cerebras is played; ends in /v1.
        zai_base: Where Z.ai is played; the root.
        settings: Contents of `ccglm.yaml`; empty for the default preset.
        keys: Variables and values of further provider keys that the settings name.
    """
    with tempfile.TemporaryDirectory(prefix="ccglm-bench-") as folder:
        home = Path(folder)
        environment = {
            **child_environment(home),
            "CCGLM_HOME": folder,
            "CEREBRAS_API_KEY": "bench-cerebras",
            "ZAI_API_KEY": "bench-zai",
            "CEREBRAS_API_BASE": cerebras_base,
            "ZAI_API_BASE": zai_base,
            **(keys or {}),
        }

        def ccglm(*arguments: str) -> None:
            command = [sys.executable, "-m", "ccglm", *arguments]
            # Our own command line, arguments written below.
            done = subprocess.run(  # noqa: S603
                command, env=environment, check=False, capture_output=True, text=True, timeout=180
            )
            if done.returncode:
                raise RuntimeError(f"`ccglm {' '.join(arguments)}` failed: {done.stderr.strip()}")

        ccglm("init", "--yes")
        if settings:
            (home / "ccglm.yaml").write_text(settings)
        ccglm("up", "--detach", "--port", "auto")
        try:
            record = json.loads((home / "state/run.json").read_text())
            secret = (home / ".env").read_text()
            token = next(
                line.partition("=")[2].strip("'\"")
                for line in secret.splitlines()
                if line.startswith("CCGLM_MASTER_KEY=")
            )
            url = f"http://127.0.0.1:{record['port']}"
            yield Target("ccglm", url, token, pid=record["pid"])
        finally:
            ccglm("down")


@contextlib.contextmanager
def running_bare_litellm(cerebras_base: str) -> Generator[Target]:
    """Start plain LiteLLM from this environment, as a user would write its configuration."""
    with tempfile.TemporaryDirectory(prefix="litellm-bench-") as folder:
        home = Path(folder)
        key = f"sk-{secrets.token_hex(16)}"
        config = home / "config.yaml"
        config.write_text(_BARE_CONFIG.format(model=MODEL, base=cerebras_base, key=key))
        port = free_port()
        command = [
            str(Path(sys.executable).with_name("litellm")),
            *("--config", str(config), "--host", "127.0.0.1", "--port", str(port)),
        ]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603  LiteLLM's own program
                command, env=child_environment(home), stdout=log, stderr=log, cwd=home
            )
            try:
                url = f"http://127.0.0.1:{port}"
                wait_until_live(url, process)
                yield Target("litellm", url, key, pid=process.pid)
            finally:
                process.terminate()
                process.wait(timeout=30)


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_until_live(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until LiteLLM answers its liveliness route.

    Raises:
        RuntimeError: It ended, or did not answer in time.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("bare LiteLLM ended while starting")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/health/liveliness", timeout=2)  # noqa: S310  loopback
            return
        time.sleep(0.1)
    raise RuntimeError("bare LiteLLM did not become ready")
