"""The request log: what every simulated provider was sent and what became of it.

Most faults of a gateway are visible only here, not in its replies. Shared by the simulator process,
which writes it, and by `SimulatorProcess`, which reads it back as the same records.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass
class RecordedRequest:
    """One request, filled in while it is served."""

    number: int = 0
    """Position since the start, counted from 1; not reset."""
    provider: str = ""
    surface: str = ""
    method: str = ""
    path: str = ""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """Header values, names in lower case."""
    body: Any = None
    """The JSON value, or the text when it was not JSON; None when bodies are not kept."""
    body_bytes: int = 0
    key: str = ""
    model: str = ""
    stream: bool = False
    arrived_at: float = 0.0
    """Unix time in seconds."""
    first_byte_at: float | None = None
    finished_at: float | None = None
    """Unix time of the last byte or of the client's leaving; None while in flight."""
    status: int = 0
    error_code: str = ""
    error_message: str = ""
    scenario: str = ""
    """Name of the scenario that shaped the answer; empty when none did."""
    source: str = ""
    """Who wrote the reply: script or actor; empty for refusals."""
    closed_early: bool = False
    """The client closed the connection before the answer was complete."""
    bytes_sent: int = 0
    finish_reason: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def refused(self) -> bool:
        """Whether the provider answered with an error status."""
        return self.status >= 400

    @property
    def in_flight(self) -> bool:
        """Whether the answer is still being written."""
        return self.finished_at is None


@dataclass(slots=True)
class _Entry:
    record: RecordedRequest
    raw: bytes


class RequestLog:
    """The latest requests, oldest first; bodies of old ones are let go when they get too large."""

    def __init__(self, limit: int, *, bodies_bytes: int = 256_000_000) -> None:
        """Start empty.

        Args:
            limit: How many requests are kept.
            bodies_bytes: How many bytes of bodies are kept, the newest first.
        """
        self._entries: deque[_Entry] = deque(maxlen=limit)
        self._with_body: deque[_Entry] = deque()
        self._kept_bytes = 0
        self._bodies_bytes = bodies_bytes
        self._count = 0

    def add(self, record: RecordedRequest, raw: bytes) -> None:
        """Number a record and keep it with its raw body; the oldest may be dropped."""
        self._count += 1
        record.number = self._count
        entry = _Entry(record, raw)
        self._entries.append(entry)
        self._with_body.append(entry)
        self._kept_bytes += len(raw)
        while self._kept_bytes > self._bodies_bytes or len(self._with_body) > len(self._entries):
            oldest = self._with_body.popleft()
            self._kept_bytes -= len(oldest.raw)
            oldest.raw = b""

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()
        self._with_body.clear()
        self._kept_bytes = 0

    def resize(self, limit: int) -> None:
        """Change how many requests are kept."""
        if limit != self._entries.maxlen:
            self._entries = deque(self._entries, maxlen=limit)

    def to_json(self, *, since: int = 0, bodies: bool = True) -> bytes:
        """Return the records with a number above `since` as a JSON list.

        Args:
            since: Number of the last record that is known already.
            bodies: Whether to include request bodies.
        """
        entries = [
            {**_fields(entry.record), "body": _body(entry.raw) if bodies else None}
            for entry in self._entries
            if entry.record.number > since
        ]
        return orjson.dumps(entries)


def _fields(record: RecordedRequest) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _NAMES}


def _body(raw: bytes) -> Any:
    """Parse late: most bodies are never asked for."""
    if not raw:
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


_NAMES = tuple(f.name for f in dataclasses.fields(RecordedRequest) if f.name != "body")


def read_log(data: bytes) -> list[RecordedRequest]:
    """Return the records of a log written by `RequestLog.to_json`."""
    return [RecordedRequest(**entry) for entry in orjson.loads(data)]
