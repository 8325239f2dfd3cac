"""A home of ccglm with settings and keys in it, for commands that read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

MASTER_KEY = "sk-ccglm-" + "7b1e" * 16
SETTINGS: Mapping[str, Any] = {
    "providers": {
        "cerebras": {"keys": ["CEREBRAS_API_KEY"]},
        "zai": {"keys": ["ZAI_API_KEY"]},
    },
    "models": {"main": ["cerebras/zai-glm-4.7", "zai/glm-4.7"], "fast": ["zai/glm-4.5-air"]},
}


def write_home(folder: Path, **changes: Any) -> Path:
    """Write `ccglm.yaml`, with top-level keys changed as told, and `.env`; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ccglm.yaml").write_text(yaml.safe_dump({**SETTINGS, **changes}))
    (folder / ".env").write_text(
        "CEREBRAS_API_KEY=csk-test-cerebras-0001\nZAI_API_KEY=zai-test-key-0001\n"
        f"CCGLM_MASTER_KEY={MASTER_KEY}\n"
    )
    return folder
