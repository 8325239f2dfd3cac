"""What LiteLLM loads, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.dialects import hook_settings

PROGRAM = """
import callbacks.entrypoint as entrypoint
from litellm.utils import ProviderConfigManager
print(type(entrypoint.proxy_hooks).__name__)
print(ProviderConfigManager.get_provider_anthropic_messages_config.asks_ccglm)
"""


@pytest.mark.proxy
def test_it_builds_the_hooks_and_registers_the_dialects(tmp_path: Path) -> None:
    path = tmp_path / "hooks.json"
    path.write_text(hook_settings(tmp_path).to_json())
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env={"CCGLM_HOOK_SETTINGS": str(path), "LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )  # fmt: skip
    assert result.stdout.split() == ["ProxyHooks", "True"], result.stderr
