"""Where settings, secrets, the generated config, state and logs live.

Pure: decides from the environment it is given and touches no disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Paths:
    """Every place ccglm reads or writes."""

    settings: Path
    """`ccglm.yaml`, the user's file."""
    state: Path
    """Folder of everything that is generated or recorded."""

    def with_settings(self, file: Path) -> Paths:
        """Return the same places with another settings file, such as one named on the command line."""
        return replace(self, settings=file.expanduser().absolute())

    @property
    def secrets(self) -> Path:
        """`.env`, beside the settings."""
        return self.settings.with_name(".env")

    @property
    def schema(self) -> Path:
        """JSON schema of the settings, beside them, for editors."""
        return self.settings.with_name("ccglm.schema.json")

    @property
    def proxy_config(self) -> Path:
        """The generated LiteLLM config."""
        return self.state / "litellm.yaml"

    @property
    def hook_settings(self) -> Path:
        """The generated settings of the hooks inside the proxy."""
        return self.state / "hooks.json"

    @property
    def run_record(self) -> Path:
        """The record of the running proxy."""
        return self.state / "run.json"

    @property
    def usage_db(self) -> Path:
        """The usage store."""
        return self.state / "usage.db"

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.state / "logs"

    @property
    def proxy_log(self) -> Path:
        """What the proxy process writes."""
        return self.logs / "proxy.log"


def resolve_paths(environment: Mapping[str, str], *, app_dir: Path, home: Path) -> Paths:
    """Decide where everything lives.

    Args:
        environment: `CCGLM_HOME` moves settings and state; `XDG_STATE_HOME` moves state alone.
            An empty value counts as unset, a relative one is taken from the working folder.
        app_dir: The operating system's settings folder for ccglm.
        home: The user's home folder.

    Returns:
        Absolute paths.
    """
    ccglm_home = environment.get("CCGLM_HOME", "")
    if ccglm_home:
        root = Path(ccglm_home).expanduser().absolute()
        settings, state = root / "ccglm.yaml", root / "state"
    else:
        xdg_state = environment.get("XDG_STATE_HOME", "")
        state_root = Path(xdg_state).absolute() if xdg_state else home / ".local" / "state"
        settings, state = app_dir / "ccglm.yaml", state_root / "ccglm"
    return Paths(settings=settings, state=state)
