"""Pauses that outlive a restart: as JSON values in the usage store's `state` table.

A pause that ends only when somebody acts is not kept: a restart is that act. A key that was exchanged starts
afresh, which is why a fingerprint of it is kept, never the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from callbacks.dialects.causes import Cause, Fault
from callbacks.quota.key_state import KeyState

PREFIX = "pause:"


class PauseStore(Protocol):
    """Where pauses are kept; `UsageWriter` is one. Must not block."""

    def put_state(self, key: str, value: Any) -> bool:
        """Keep a value under a key."""
        ...

    def delete_state(self, key: str) -> bool:
        """Forget a key."""
        ...


@dataclass(frozen=True, slots=True)
class SavedPause:
    """A pause of an earlier run.

    Attributes:
        fault: Why.
        until: When it ends, aware.
        strikes: Faults in a row.
        fingerprint: Of the key it was about.
    """

    fault: Fault
    until: datetime
    strikes: int
    fingerprint: str


def fingerprint(api_key: str) -> str:
    """Return a short mark by which a key is recognised again, and from which it cannot be found."""
    return hashlib.blake2s(api_key.encode("utf-8", "replace"), digest_size=6).hexdigest()


def state_key(state: KeyState) -> str:
    """Return the name under which the pause of a key of a member is kept."""
    return f"{PREFIX}{state.member}:{state.key_label}"


def to_value(state: KeyState, left_s: float, now: datetime) -> dict[str, Any]:
    """Return the value to keep for a key that rests.

    Args:
        state: The key; its `fault` says why.
        left_s: Rest of the pause in seconds, finite.
        now: Wall clock, aware.
    """
    assert state.fault is not None, "only a pause is kept"
    return {
        "until": (now + timedelta(seconds=left_s)).isoformat(),
        "cause": state.fault.cause.value,
        "detail": state.fault.detail,
        "status": state.fault.status,
        "strikes": state.strikes,
        "key": fingerprint(state.api_key) if state.api_key else "",
    }


def from_values(values: Mapping[str, Any], states: Mapping[str, KeyState]) -> dict[str, SavedPause]:
    """Return the readable pauses of an earlier run by the name they are kept under.

    Args:
        values: As `load_state(path, PREFIX)` returns them.
        states: The keys of this run by `state_key`; pauses of others are left out.
    """
    found: dict[str, SavedPause] = {}
    for name, value in values.items():
        state = states.get(name)
        if state is not None and isinstance(value, dict):
            try:
                found[name] = _read(value, state)  # pyright: ignore[reportUnknownArgumentType]
            except (KeyError, ValueError, TypeError):
                continue  # written by another version; the provider will say it again
    return found


def _read(value: Mapping[str, Any], state: KeyState) -> SavedPause:
    until = datetime.fromisoformat(value["until"])
    status = value["status"]
    fault = Fault(
        cause=Cause(value["cause"]),
        provider=state.provider,
        model=state.model,
        key_label=state.key_label,
        detail=str(value["detail"]),
        status=status if isinstance(status, int) else None,
        until=until.astimezone(UTC),
    )
    return SavedPause(fault, until, int(value["strikes"]), str(value["key"]))
