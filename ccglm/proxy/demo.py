"""Simulated providers beside a proxy, with settings and a state folder of its own: `ccglm up --demo`.

Needs no key, touches no settings of the user's, and asks nothing outside this machine.
"""

from __future__ import annotations

import json
import secrets
import select
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ccglm.dotenv_file import set_variables
from ccglm.errors import PrerequisiteError
from ccglm.files import SECRET_MODE, cannot_write, make_folder, write_atomic
from ccglm.paths import Paths
from ccglm.proxy.child_environment import child_environment
from ccglm.proxy.log_files import last_lines, open_for_append
from ccglm.proxy.processes import stop_group
from ccglm.proxy.start import RUN_ID_VARIABLE
from ccglm.proxy.start_failure import SHOWN_LOG_LINES
from litellm_config.presets import choose_chain, presets, settings_text
from litellm_config.secrets import MASTER_KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PRESET: Final = "demo"
START_TIMEOUT_S: Final = 30.0
_MODELS: Final = "legacy_glm"
"""The simulated Cerebras serves the GLM that the real one took off its public list."""
_STOP_GRACE_S: Final = 3.0
# Variables of the user's that would change where the demo's requests go, or with which key.
_OVERRIDING: Final = ("CEREBRAS_", "ZAI_", "CCGLM_")


@dataclass(frozen=True)
class Demo:
    """Running simulated providers, and what a proxy needs to use them."""

    process: subprocess.Popen[bytes]
    control: str
    """Address of the control port, where scenarios and scripts are set."""
    paths: Paths
    environment: Mapping[str, str]
    """The user's, without what would lead away from the simulator."""

    @property
    def pid(self) -> int:
        """The simulator's process, and its process group."""
        return self.process.pid

    def stop(self) -> None:
        """Stop the simulator. Harmless when repeated."""
        stop_group(self.process.pid, grace_s=_STOP_GRACE_S, collect=self.process.poll)
        self.process.wait(timeout=_STOP_GRACE_S)


def new_master_key() -> str:
    """Return a random key for the proxy: 32 bytes."""
    return f"sk-ccglm-{secrets.token_hex(32)}"


def start_demo(
    folder: Path, environment: Mapping[str, str], run_id: str, *, rpm: int | None = None
) -> Demo:
    """Start the simulator and write the demo's settings.

    Args:
        folder: The demo's own; everything in it is replaced.
        environment: The user's.
        run_id: Of the proxy that will use it; marks the simulator as belonging to it.
        rpm: Requests a minute that the simulated Cerebras allows; None: as many as it does by default.

    Raises:
        PrerequisiteError: The folder cannot be written, or the simulator did not start.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith(_OVERRIDING)}
    paths = Paths(settings=folder / "ccglm.yaml", state=folder)
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise cannot_write(error, folder) from error
    make_folder(folder)
    process, addresses = _start_simulator(folder / "logs" / "simulator.log", kept, run_id, rpm)
    demo = Demo(process, addresses["control"], paths, kept)
    try:
        _write_settings(paths, addresses)
    except BaseException:
        demo.stop()
        raise
    return demo


def _write_settings(paths: Paths, addresses: Mapping[str, str]) -> None:
    choice = choose_chain(PRESET, dict.fromkeys(presets()[PRESET].providers))
    write_atomic(paths.settings, settings_text(choice))
    variables = {
        "CEREBRAS_API_KEY": "simulated-cerebras-key",
        "ZAI_API_KEY": "simulated-zai-key",
        "CEREBRAS_API_BASE": addresses["cerebras_base"],
        "ZAI_API_BASE": addresses["zai_base"],
        MASTER_KEY_VARIABLE: new_master_key(),
    }
    write_atomic(paths.secrets, set_variables("", variables), mode=SECRET_MODE)


def _start_simulator(
    log: Path, environment: Mapping[str, str], run_id: str, rpm: int | None
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    command = [sys.executable, "-P", "-m", "ccglm", "simulate", "--json", "--models", _MODELS]
    if rpm is not None:
        command += ["--knob", f"cerebras_rpm={rpm}"]
    descriptor = open_for_append(log)
    with open(descriptor, "ab") as output:  # noqa: PTH123 - a descriptor, not a path
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            env={**child_environment(environment, {}, config_text=""), RUN_ID_VARIABLE: run_id},
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
        )
    assert process.stdout is not None
    with process.stdout as pipe:
        ready, _, _ = select.select([pipe], [], [], START_TIMEOUT_S)
        line = pipe.readline() if ready else b""
        try:
            return process, dict(json.loads(line))
        except ValueError as error:
            stop_group(process.pid, grace_s=_STOP_GRACE_S, collect=process.poll)
            process.wait(timeout=_STOP_GRACE_S)
            said = (line + pipe.read()).decode(errors="replace").splitlines()
            raise PrerequisiteError(
                "the simulator did not start", details=[*said, *last_lines(log, SHOWN_LOG_LINES)]
            ) from error
