"""What the running proxy knows of its keys: asked over HTTP, put into lines.

Uses the standard library's HTTP client, as `ccglm status` is quick.
"""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from ccglm.errors import PrerequisiteError
from ccglm.files import read_text
from ccglm.proxy.address import address_of
from ccglm.proxy.run_record import url_host
from ccglm.text import count, duration, escape_controls
from litellm_config.secrets import MASTER_KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccglm.proxy.run_record import RunRecord

STATUS_PATH: Final = "/ccglm/status"
ASK_TIMEOUT_S: Final = 2.0
_LONGEST_ANSWER_BYTES: Final = 4_000_000
_PLAIN_TOKEN: Final = re.compile(rf"^{MASTER_KEY_VARIABLE}=([\w.-]+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class KeyStatus:
    """One key for one model."""

    member: str
    """`provider/model`."""
    label: str
    """Name of the key's variable."""
    text: str
    """Plan, limits, counts, on one line."""
    resting: str
    """Why it rests and until when; empty when it serves."""


def ask_keys(record: RunRecord, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what the proxy says of each key; empty when it does not say, or its token is gone.

    Args:
        record: Of the running proxy.
        environment: The user's, for the token.
    """
    token = environment.get(MASTER_KEY_VARIABLE) or _token_of(record, environment)
    if not token:
        return []
    host = url_host(record.host).strip("[]")
    connection = http.client.HTTPConnection(host, record.port, timeout=ASK_TIMEOUT_S)
    try:
        connection.request("GET", STATUS_PATH, headers={"Authorization": f"Bearer {token}"})
        answer: Any = json.loads(connection.getresponse().read(_LONGEST_ANSWER_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return []
    finally:
        connection.close()
    document = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    keys: Any = document.get("keys")
    listed = cast("list[Any]", keys) if isinstance(keys, list) else []
    return [cast("dict[str, Any]", key) for key in listed if isinstance(key, dict)]


def _token_of(record: RunRecord, environment: Mapping[str, str]) -> str:
    """Return the token in `.env`; a line as `ccglm init` writes it is read without the parser, which takes 65 ms."""
    try:
        text = read_text(record.paths.secrets) or ""
        plain = _PLAIN_TOKEN.findall(text)
        if plain or MASTER_KEY_VARIABLE not in text:
            return plain[-1] if plain else ""
        return address_of(record, environment).token
    except PrerequisiteError:
        return ""


def key_lines(keys: list[dict[str, Any]], now: datetime) -> list[str]:
    """Return the lines that show the keys to a person; keys of members that nobody asked for say so.

    Args:
        keys: As `ask_keys` returns them.
        now: Wall clock, aware.
    """
    found = [read_key(key, now) for key in keys]
    width = max((len(key.label) for key in found), default=0)
    members = max((len(key.member) for key in found), default=0)
    lines: list[str] = []
    for key in found:
        lines.append(f"{key.label:<{width}}  {key.member:<{members}}  {key.text}")
        if key.resting:
            lines.append(f"{'':<{width}}  {key.resting}")
    return lines


def read_key(key: Mapping[str, Any], now: datetime) -> KeyStatus:
    """Return one key of the proxy's answer, as text."""
    limits = [_limit(limit) for limit in cast("list[Any]", key.get("limits") or [])]
    parts = [
        *([f"plan {key['plan']}"] if key.get("plan") else []),
        *(limits or ["no limits known"]),
        f"{count(_number(key, 'served'))} served, {count(_number(key, 'refused'))} refused",
    ]
    if _number(key, "in_flight"):
        parts.append(f"{count(_number(key, 'in_flight'))} under way")
    resting: Any = key.get("resting")
    return KeyStatus(
        member=str(key.get("member", "")),
        label=str(key.get("key", "")),
        text="; ".join(parts),
        resting=_rest(cast("Mapping[str, Any]", resting), now) if isinstance(resting, dict) else "",
    )


def _limit(limit: Mapping[str, Any]) -> str:
    unit = str(limit["unit"]).replace("_", " ")
    period = str(limit["period"])
    left = f"{count(_number(limit, 'remaining'))} of {count(_number(limit, 'capacity'))}"
    full_s = _number(limit, "full_in_s")
    reset = f", full in {duration(full_s)}" if full_s else ""
    return f"{left} {unit} {'an' if period == 'hour' else 'a'} {period} left{reset}"


def _rest(resting: Mapping[str, Any], now: datetime) -> str:
    says = escape_controls(str(resting.get("says", "")))
    if resting.get("for_good"):
        return f"OUT OF SERVICE until something changes: {says}"
    if resting.get("probing") or resting.get("waits_for_probe"):
        return f"its pause is over, it is asked before it serves again: {says}"
    left_s = (datetime.fromisoformat(str(resting["until"])) - now).total_seconds()
    return f"rests for {duration(max(0.0, left_s))}: {says}"


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0
