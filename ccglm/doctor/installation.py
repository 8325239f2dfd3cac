"""Ask the proxy's own Python what is installed; see `ccglm.doctor.probe`."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ccglm.errors import CcglmError
from ccglm.proxy.child_environment import child_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PACKAGES_TIMEOUT_S: Final = 15.0
SEAM_TIMEOUT_S: Final = 75.0
"""Importing LiteLLM takes 3 s from compiled bytecode and more than 20 s without."""
_PROBE: Final = ("-m", "ccglm.doctor.probe")
_SHOWN_CHARS: Final = 400
REINSTALL: Final = "uv tool install --reinstall ."
"""In the checkout, as the README says it."""


class Installation(NamedTuple):
    """Where packages are imported from, and LiteLLM's version."""

    folders: Mapping[str, str | None]
    """Package to its folder; None when it is not there."""
    litellm_version: str | None


class SeamState(NamedTuple):
    """Whether LiteLLM still fits."""

    seam: Sequence[str]
    """What our dialects miss in it."""
    config: Sequence[str]
    """What it refuses of the generated config."""


def look_at_installation(python: Sequence[str], environment: Mapping[str, str]) -> Installation:
    """Return what the proxy would import.

    Raises:
        CcglmError: That Python does not answer.
    """
    document = _run(python, ("packages",), environment, PACKAGES_TIMEOUT_S)
    return Installation(document["folders"], document["litellm"])


def look_at_seam(
    python: Sequence[str], environment: Mapping[str, str], config: Path | None
) -> SeamState:
    """Return whether the installed LiteLLM fits our seam and takes a generated config.

    Args:
        python: How the proxy's Python is started.
        environment: The user's.
        config: The generated `litellm.yaml`; None for none.

    Raises:
        CcglmError: That Python does not answer.
    """
    arguments = ("seam", str(config)) if config else ("seam",)
    document = _run(python, arguments, environment, SEAM_TIMEOUT_S)
    return SeamState(document["seam"], document["config"])


def _run(
    python: Sequence[str],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    timeout_s: float,
) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - our own Python and module
            [*python, *_PROBE, *arguments],
            # What the proxy gets, without a key: what is looked at is what it would import.
            env=child_environment(environment, {}, config_text=""),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout_s,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise CcglmError(
            f"the proxy's Python did not answer within {timeout_s:g} s",
            hint="is the machine very busy? Otherwise install ccglm again",
        ) from error
    except OSError as error:
        raise CcglmError(f"`{python[0]}` cannot be started", hint=_hint()) from error
    lines = done.stdout.splitlines()
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError) as error:
        said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise CcglmError(
            "the installed packages cannot be looked at",
            details=[said[0][:_SHOWN_CHARS]],
            hint=_hint(),
        ) from error


def _hint() -> str:
    return f"install ccglm again, such as with `{REINSTALL}`"
