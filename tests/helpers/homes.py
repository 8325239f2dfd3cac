"""A complete home of ccglm in a temporary folder: settings, keys, paths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ccglm.paths import Paths

MASTER_KEY = "sk-ccglm-0123456789abcdef0123456789abcdef"
CEREBRAS_KEY = "csk-cerebras-0123456789"
ZAI_KEY = "zai-0123456789abcdef.secret"


@dataclass(frozen=True)
class Home:
    """What `CCGLM_HOME` points at."""

    folder: Path
    paths: Paths
    master_key: str = MASTER_KEY
    cerebras_key: str = CEREBRAS_KEY


def settings_with(**changes: Any) -> dict[str, Any]:
    """Return complete settings; top-level sections are replaced as told."""
    return {
        "providers": {
            "cerebras": {"keys": ["CEREBRAS_API_KEY"]},
            "zai": {"keys": ["ZAI_API_KEY"]},
        },
        "models": {"main": ["cerebras/gpt-oss-120b", "zai/glm-4.7"], "fast": ["zai/glm-4.5-air"]},
        **changes,
    }


def a_home(folder: Path, **changes: Any) -> Home:
    """Write settings and `.env` into a folder, and return what is there."""
    (folder / "ccglm.yaml").write_text(yaml.safe_dump(settings_with(**changes), sort_keys=False))
    secrets = folder / ".env"
    secrets.write_text(
        f"CEREBRAS_API_KEY={CEREBRAS_KEY}\nZAI_API_KEY={ZAI_KEY}\nCCGLM_MASTER_KEY={MASTER_KEY}\n"
    )
    secrets.chmod(0o600)
    return Home(folder, Paths(settings=folder / "ccglm.yaml", state=folder / "state"))
