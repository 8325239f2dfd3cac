"""Is what is installed whole, and does it fit together: Python, our packages, LiteLLM."""

from __future__ import annotations

import platform
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ccglm
from ccglm.doctor.installation import REINSTALL, look_at_seam
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.errors import CcglmError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Subject

PYTHON_RANGE: Final = ((3, 11), (3, 15))
"""From the first, below the second, as `requires-python` in `pyproject.toml`; a test compares."""
LITELLM_RANGE: Final = ((1, 106, 2), (1, 107))
"""From the first, below the second, as the requirement in `pyproject.toml`; a test compares."""
LITELLM_COMPROMISED: Final = ("1.82.7", "1.82.8")
"""Published by an attacker on 2026-03-24 (BerriAI/litellm#24518)."""
_OURS: Final = ("litellm_config", "callbacks")
_REINSTALL: Final = Remedy("install ccglm again", (REINSTALL,))


def examine_python(subject: Subject) -> Examined:
    """Is this Python one that ccglm is made for."""
    low, high = PYTHON_RANGE
    version = subject.machine.python_version
    if low <= version < high:
        yield Fact(f"Python {platform.python_version()} at {sys.executable}")
        return
    yield Finding(
        f"Python {'.'.join(map(str, version))} runs ccglm, which is made for "
        f"{'.'.join(map(str, low))} up to, but without, {'.'.join(map(str, high))}",
        "parts of it, or of LiteLLM, fail there in ways nobody has looked at",
        Remedy("install it with another Python", (f"{REINSTALL} --python 3.13",)),
    )


def examine_packages(subject: Subject) -> Examined:
    """Are the packages that the proxy would import ours."""
    folders = subject.installation().folders
    here = Path(ccglm.__file__).resolve().parents[1]
    for name in _OURS:
        folder = folders.get(name)
        if folder is None:
            yield Finding(f"the package `{name}` is missing", "the proxy cannot start", _REINSTALL)
        elif Path(folder) != here / name:
            yield Finding(
                f"the package `{name}` that Python finds is not ours but `{folder}`",
                "the proxy would load another program's code; ours is in "
                f"`{here / name}`, another package of that name is in its way",
                Remedy(f"remove the other package that brings `{name}`", (_uninstall(name),)),
            )
    if folders.get("litellm") is None:
        yield Finding("LiteLLM is not installed", "the proxy is LiteLLM", _REINSTALL)
    yield Fact(f"ccglm {ccglm.__version__} in {here}")


def _uninstall(name: str) -> str:
    return f"{sys.executable} -m pip uninstall {name}"


def examine_litellm(subject: Subject) -> Examined:
    """Is the installed LiteLLM one that was tried, and none that is known to be bad."""
    try:
        version = subject.installation().litellm_version
    except CcglmError as error:
        raise NotApplicable("the installed packages cannot be looked at") from error
    if version is None:
        raise NotApplicable("LiteLLM is not installed")
    numbers = _numbers(version)
    low, high = LITELLM_RANGE
    tried = f"{'.'.join(map(str, low))} up to, but without, {'.'.join(map(str, high))}"
    if numbers in {_numbers(bad) for bad in LITELLM_COMPROMISED}:
        yield Finding(
            f"LiteLLM {version} is a release that an attacker published",
            "it steals keys (BerriAI/litellm#24518); whatever was on this machine may be known",
            Remedy(
                "remove it, then replace every key this machine knew",
                (f"{sys.executable} -m pip uninstall litellm", REINSTALL),
            ),
        )
    elif not low <= numbers < high:
        yield Finding(
            f"LiteLLM {version} was never tried with this ccglm, which is made for {tried}",
            "its insides move between releases; fallbacks and streams may fail in odd ways",
            Remedy("install ccglm again, with the LiteLLM it is made for", (REINSTALL,)),
            Severity.WARNING,
        )
    else:
        yield Fact(f"LiteLLM {version}")


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers a version begins with: `1.82.7.post1` is (1, 82, 7)."""
    found = re.match(r"\d+(?:\.\d+){0,2}", version)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def examine_seam(subject: Subject) -> Examined:
    """Does LiteLLM still have what our dialects hold on to, and does it take the generated config."""
    config = subject.paths.proxy_config
    active = subject.active()
    if active is not None:
        config = active.record.paths.proxy_config
    state = look_at_seam(
        subject.machine.python, subject.environment, config if config.exists() else None
    )
    yield from _seam_findings(state.seam)
    for problem in state.config:
        yield Finding(
            problem,
            "LiteLLM would refuse, or ignore, this part of the config made from your settings",
            Remedy(
                "look at what stands under `litellm` in `ccglm.yaml`",
                ("ccglm config show", "ccglm validate"),
            ),
            Severity.WARNING,
            place=str(config),
        )


def _seam_findings(problems: Iterable[str]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding(
            problem,
            "requests would not reach the providers through ccglm's dialects",
            Remedy("install ccglm again, with the LiteLLM it is made for", (REINSTALL,)),
        )
