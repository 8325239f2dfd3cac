"""Ask a proxy whether it is there, whether it is ours, and whether it is warm.

Uses the standard library's HTTP client: `ccglm status` asks this, and the other client takes 150 ms to import.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ccglm.proxy.run_record import url_host

if TYPE_CHECKING:
    from ccglm.proxy.run_record import RunRecord

READY_PATH: Final = "/ccglm/ready"
ASK_TIMEOUT_S: Final = 2.0
"""A proxy on this machine answers in milliseconds; a loaded one may take a little longer."""
_LONGEST_ANSWER_BYTES: Final = 65_536


@dataclass(frozen=True)
class Readiness:
    """What a proxy says about itself."""

    run_id: str
    pid: int
    ready: bool
    warm: bool
    """Whether its first real request is as fast as any other."""
    version: str


def ask_ready(host: str, port: int, *, timeout_s: float = ASK_TIMEOUT_S) -> Readiness | None:
    """Ask whoever listens there.

    Args:
        host: As the server was told; a wildcard is asked on loopback.
        port: Its port.
        timeout_s: Longest time for each step of the question.

    Returns:
        The answer, or None when nobody listens or the answer is not a ccglm proxy's.
    """
    connection = http.client.HTTPConnection(url_host(host).strip("[]"), port, timeout=timeout_s)
    try:
        connection.request("GET", READY_PATH, headers={"Accept": "application/json"})
        body = connection.getresponse().read(_LONGEST_ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return _parsed(body)


def is_answering(record: RunRecord, *, timeout_s: float = ASK_TIMEOUT_S) -> Readiness | None:
    """Return the readiness of exactly this run, or None when somebody else, or nobody, answers."""
    readiness = ask_ready(record.host, record.port, timeout_s=timeout_s)
    return readiness if readiness is not None and readiness.run_id == record.run_id else None


def _parsed(body: bytes) -> Readiness | None:
    try:
        document = json.loads(body)
        return Readiness(
            run_id=str(document["run_id"]),
            pid=int(document["pid"]),
            ready=document["ready"] is True,
            warm=document["warm"] is True,
            version=str(document["version"]),
        )
    except (ValueError, TypeError, KeyError):
        return None
