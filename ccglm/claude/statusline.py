"""The status line of Claude Code: who really answers, how full the real window is, what it cost.

Claude Code starts it anew for every line, so it imports the standard library only, and of ours what
does the same; `python -m ccglm.claude.statusline` starts in some 30 ms. Whatever goes wrong, it
prints a line and exits with 0: the client would show nothing at all otherwise.

Read from stdin, one JSON object of which these keys count: `session_id`, `model.id`,
`model.display_name`, `context_window.context_window_size` (Claude Code 2.1.329, seen 2026-11-20).
Its cost is not used: the client counts with Claude's prices.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from callbacks.usage_schema import StoreError, read_store
from callbacks.usage_session import Answered, SessionUsage, session_usage
from ccglm.text import count, escape_controls, money

SEPARATOR = " | "


def main(arguments: list[str] | None = None) -> int:
    """Print the line.

    Args:
        arguments: `--state FOLDER` names the state folder; without it the environment decides, as
            everywhere.

    Returns:
        0, always.
    """
    given = sys.argv[1:] if arguments is None else arguments
    state = Path(given[1]) if given[:1] == ["--state"] and len(given) > 1 else state_folder()
    # A person at a terminal who tries it gets a line, not a program that waits.
    told = _object(_loads(b"" if sys.stdin.isatty() else sys.stdin.buffer.read()))
    try:
        line = status_line(told, state)
    except (StoreError, sqlite3.Error, OSError) as err:
        line = f"{_model_name(told)}{SEPARATOR}usage unknown: {err}"
    sys.stdout.buffer.write(escape_controls(line).encode("utf-8", "replace") + b"\n")
    return 0


def state_folder() -> Path:
    """Return the state folder, as `ccglm.paths` decides it, which is too slow to import here."""
    environment = os.environ  # noqa: TID251  a program of its own: AppContext costs 100 ms
    if home := environment.get("CCGLM_HOME"):
        return Path(home).expanduser().absolute() / "state"
    state_home = environment.get("XDG_STATE_HOME")
    root = Path(state_home).absolute() if state_home else Path.home() / ".local" / "state"
    return root / "ccglm"


def status_line(told: dict[str, Any], state: Path) -> str:
    """Return the line for a session.

    Args:
        told: What Claude Code tells on stdin.
        state: The state folder, with `usage.db` and `hooks.json`.

    Raises:
        StoreError: The usage store cannot be read.
        sqlite3.Error: Nor can it be asked.
    """
    session_id = told.get("session_id")
    connection = read_store(state / "usage.db") if isinstance(session_id, str) else None
    if connection is None:
        return f"{_model_name(told)}{SEPARATOR}no request yet"
    model = _object(told.get("model")).get("id")
    with closing(connection):
        usage = session_usage(connection, str(session_id), model if isinstance(model, str) else "")
    return SEPARATOR.join(_parts(told, state, usage))


def _parts(told: dict[str, Any], state: Path, usage: SessionUsage) -> list[str]:
    parts: list[str] = []
    if usage.answered is None:
        parts += [_model_name(told), "nothing served yet" if usage.requests else "no request yet"]
    else:
        parts += [_who(usage.answered), _context(told, state, usage.answered)]
    if usage.requests:
        parts.append(money(usage.cost_usd))
    if usage.output_tokens_per_s is not None:
        parts.append(f"{count(usage.output_tokens_per_s)} tok/s")
    if usage.fault is not None:
        parts.append(f"last request failed: {usage.fault}")
    return parts


def _who(answered: Answered) -> str:
    if answered.fallback_from is None:
        return answered.member
    return f"! {answered.member}, not {answered.fallback_from}: {answered.fallback_cause}"


def _context(told: dict[str, Any], state: Path, answered: Answered) -> str:
    window = _window_of(answered.member, state)
    if window is None:
        window = _object(told.get("context_window")).get("context_window_size")
    if not isinstance(window, int) or window <= 0:
        return f"context {count(answered.context_tokens)}"
    return f"context {answered.context_tokens / window * 100:.0f} % of {count(window)}"


def _window_of(member: str, state: Path) -> int | None:
    """Return the real window of a chain member, as the last proxy that was started knows it."""
    try:
        hooks = _object(_loads((state / "hooks.json").read_bytes()))
    except OSError:
        return None
    tokens = _object(_object(hooks.get("models")).get(member)).get("context_tokens")
    return tokens if isinstance(tokens, int) else None


def _model_name(told: dict[str, Any]) -> str:
    model = _object(told.get("model"))
    return str(model.get("display_name") or model.get("id") or "ccglm")


def _loads(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
