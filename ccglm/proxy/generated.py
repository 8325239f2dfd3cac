"""The generated files in the state folder: written at every start, read by who wants to know what runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ccglm.errors import PrerequisiteError
from ccglm.files import SECRET_MODE, PlannedWrite, apply_plan, plan_write, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from ccglm.paths import Paths
    from ccglm.proxy.prepare import Prepared


def plan_generated(prepared: Prepared, paths: Paths) -> list[PlannedWrite]:
    """Return what writing the generated files would change.

    Raises:
        PrerequisiteError: A file that is there cannot be read.
    """
    # Brings pydantic in, which `ccglm status` must not wait for.
    from litellm_config.render import is_hand_edited

    config = plan_write(paths.proxy_config, prepared.config_text, mode=SECRET_MODE)
    edited = config.old_text is not None and is_hand_edited(config.old_text)
    return [
        PlannedWrite(
            config.path, config.old_text, config.new_text, config.mode, keep_backup=edited
        ),
        plan_write(paths.hook_settings, prepared.hooks.to_json(), mode=SECRET_MODE),
    ]


def write_generated(prepared: Prepared, paths: Paths) -> list[str]:
    """Write the generated files; a config that was edited by hand is kept beside the new one.

    Returns:
        What the user should know about it.

    Raises:
        PrerequisiteError: They cannot be written; nothing was changed.
    """
    backups = apply_plan(plan_generated(prepared, paths))
    return [
        f"the generated `{paths.proxy_config.name}` had been edited by hand; that text is in `{backup}`, "
        "settings of your own belong under `litellm` in `ccglm.yaml`"
        for backup in backups
    ]


def read_chains(path: Path) -> dict[str, list[str]]:
    """Return role to members of a generated `hooks.json`; nothing when it cannot be read.

    Read as plain JSON: its model takes 70 ms to import, and `ccglm status` is quick.
    """
    try:
        document: Any = json.loads(read_text(path) or "{}")
        return {
            str(role): [str(member) for member in chain]
            for role, chain in document["chains"].items()
        }
    except (ValueError, PrerequisiteError, KeyError, TypeError, AttributeError):
        return {}
