"""ccglm itself as the gateway under test: its own command line, in a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ccglm.errors import PrerequisiteError

if TYPE_CHECKING:
    from scripts.conformance.registry import Surface

START_TIMEOUT_S = 180.0
# Main chain by surface of its first provider; the other provider stands behind it.
CHAINS: Mapping[str, tuple[str, str]] = {
    "cerebras": ("cerebras/zai-glm-4.7", "zai/glm-4.7"),
    "zai-anthropic": ("zai/glm-4.7", "cerebras/zai-glm-4.7"),
    "zai-openai": ("zai/glm-4.7", "cerebras/zai-glm-4.7"),
    "zai-coding": ("zai/glm-4.7", "cerebras/zai-glm-4.7"),
}
TOKEN = "sk-ccglm-" + "0123456789abcdef" * 4


@dataclass(frozen=True)
class Started:
    """A running ccglm: its address, its token, and the name that leads to its first provider only."""

    url: str
    token: str
    direct_model: str


@contextlib.contextmanager
def ccglm_gateway(simulator_api: str, surface: Surface) -> Generator[Started]:
    """Run ccglm on simulated providers for the length of a block.

    Args:
        simulator_api: The simulator's API address.
        surface: The surface of the first provider in the chain.

    Raises:
        PrerequisiteError: `ccglm up` did not come up; its own words are in the message.
    """
    with tempfile.TemporaryDirectory(prefix="ccglm-conformance-") as folder:
        home = Path(folder)
        (home / "ccglm.yaml").write_text(settings(surface))
        (home / ".env").write_text(
            f"CEREBRAS_API_KEY=sim-cerebras\nZAI_API_KEY=sim-zai\nCCGLM_MASTER_KEY={TOKEN}\n"
        )
        (home / ".env").chmod(0o600)
        environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": folder,
            "CCGLM_HOME": folder,
            "CEREBRAS_API_BASE": f"{simulator_api}/v1",
            "ZAI_API_BASE": simulator_api,
        }
        _ccglm(environment, "up", "--port", "auto", "--detach")
        try:
            status = json.loads(_ccglm(environment, "status", "--json"))
            yield Started(address_of(status), TOKEN, CHAINS[surface][0])
        finally:
            _ccglm(environment, "down")


def settings(surface: Surface) -> str:
    """Return the settings file for a chain that begins with the surface."""
    kind = surface.removeprefix("zai-") if surface != "cerebras" else "anthropic"
    first, second = CHAINS[surface]
    return (
        "providers:\n"
        "  cerebras: {keys: [CEREBRAS_API_KEY]}\n"
        f"  zai: {{keys: [ZAI_API_KEY], surface: {kind}}}\n"
        "models:\n"
        f"  main: [{first}, {second}]\n"
        f"  fast: [{first}]\n"
        'aliases: {opus: main, sonnet: main, haiku: fast, "*": main}\n'
        "prompt: {prefix: none}\n"
    )


def address_of(status: Mapping[str, object]) -> str:
    """Return the proxy's address out of what `ccglm status --json` prints.

    Raises:
        PrerequisiteError: There is none: it is not running.
    """
    address = status.get("address")
    if not isinstance(address, str):
        raise PrerequisiteError(f"`ccglm status` names no address: {json.dumps(status)[:300]}")
    return address


def _ccglm(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a ccglm command and return its stdout.

    Raises:
        PrerequisiteError: It failed; its stderr is in the message.
    """
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "ccglm", *arguments],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise PrerequisiteError(f"`ccglm {' '.join(arguments)}` failed: {said}")
    return done.stdout
