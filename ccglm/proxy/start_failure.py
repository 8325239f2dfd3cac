"""Why a proxy did not start, or ended: from its exit status and its last lines to a sentence and a hint."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, Final

from ccglm.errors import ProxyUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN_LOG_LINES: Final = 15

# What a last line says, and what to do about it; the first that fits. Seen with LiteLLM 1.106.2.
_HINTS: Final = (
    (
        re.compile(r"address already in use|errno 98|errno 48", re.IGNORECASE),
        "another program took the port; run `ccglm up --port auto`",
    ),
    (
        re.compile(r"No module named '(callbacks|litellm|litellm_config)[.']"),
        "the installation is incomplete; install ccglm again",
    ),
    (
        re.compile(r"ModuleNotFoundError|ImportError"),
        "a Python package is missing or broken; install ccglm again",
    ),
    (
        re.compile(r"ValidationError|yaml\.\w+\.\w*Error"),
        "LiteLLM refuses the config; look at `litellm` in your settings and at `ccglm config show`",
    ),
    (re.compile(r"MemoryError|Cannot allocate memory"), "the machine is out of memory"),
    (re.compile(r"No space left on device"), "the disk is full"),
)
_DEFAULT_HINT: Final = "`ccglm logs -n 200` shows more of its log"


def describe_exit(return_code: int) -> str:
    """Return how a process ended, from `Popen.returncode`: "exit code 3", "killed by SIGKILL"."""
    if return_code >= 0:
        return f"exit code {return_code}"
    try:
        return f"killed by {signal.Signals(-return_code).name}"
    except ValueError:
        return f"killed by signal {-return_code}"


def exit_error(return_code: int, lines: Sequence[str], *, while_starting: bool) -> ProxyUnavailable:
    """Return the error for a proxy process that ended by itself.

    Args:
        return_code: As `Popen.returncode`: negative for a signal.
        lines: The last lines of its log, of this run only.
        while_starting: Whether it never became ready.
    """
    when = (
        "the proxy ended while it was starting"
        if while_starting
        else "the proxy ended unexpectedly"
    )
    silence = "" if lines else " without a word"
    return ProxyUnavailable(
        f"{when} ({describe_exit(return_code)}){silence}",
        hint=hint_for(return_code, lines),
        details=lines,
    )


def timeout_error(limit_s: float, lines: Sequence[str]) -> ProxyUnavailable:
    """Return the error for a proxy that runs but did not become ready in time."""
    return ProxyUnavailable(
        f"the proxy did not become ready within {limit_s:.0f} s",
        hint=hint_for(0, lines),
        details=lines,
    )


def hint_for(return_code: int, lines: Sequence[str]) -> str:
    """Return what to do about it."""
    if return_code == -signal.SIGKILL:
        return (
            "somebody killed it, or the machine ran out of memory; start it again with `ccglm up`"
        )
    text = "\n".join(lines)
    for pattern, hint in _HINTS:
        if pattern.search(text):
            return hint
    return _DEFAULT_HINT
