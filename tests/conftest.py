"""Isolation for every test: a home of its own, no provider keys, no proxies, loopback only."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import hypothesis
import pytest

# Cores are shared with other tests: a slow example is no failure.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")

# Caches of package managers, read before HOME is replaced: a test that installs must not fetch all again.
UV_CACHE = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")

_CLEARED_PREFIXES = ("CCGLM_", "CEREBRAS_", "ZAI_", "ANTHROPIC_", "CLAUDE", "OPENAI_", "LITELLM_")
_KEPT = {"CCGLM_REQUIRE_CLAUDE_CODE", "CCGLM_TEST_CACHE"}
_CLEARED_NAMES = {
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NO_COLOR", "FORCE_COLOR", "XDG_STATE_HOME", "XDG_CONFIG_HOME",
}  # fmt: skip


@pytest.fixture(autouse=True)
def isolated_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the test its own HOME and no variable that could change what it sees."""
    for name in list(os.environ):
        upper = name.upper()
        if name in _KEPT:
            continue
        if upper in _CLEARED_NAMES or upper.startswith(_CLEARED_PREFIXES):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """LiteLLM runs on asyncio; so do the tests."""
    return "asyncio"
