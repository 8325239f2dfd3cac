"""Why an answer of a provider cannot be passed on, as one exception with what the caller must know.

Raised or recorded by the response and stream translators; dialects turn it into a fallback, a retry or
an error answer. Nothing here knows a provider: what the provider said is carried along unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import orjson

FaultKind = Literal[
    "upstream_error",  # an error object instead of, or in the middle of, the answer
    "cut",  # the connection ended before the answer was complete
    "garbled",  # bytes that are not what the protocol promises
    "stalled",  # silence for longer than allowed
    "empty",  # a complete answer with nothing in it, or with thinking only
    "no_tool_call",  # said that it calls a tool, and did not
    "bad_tool_call",  # a tool call whose name or arguments cannot be repaired safely
    "network",  # the provider says that its own network failed
    "context_window",  # the provider says that the context window is full
]

FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)

_ERROR_TYPES: dict[str, str] = {"context_window": "invalid_request_error"}


class ReplyFault(Exception):  # noqa: N818  "fault" is the word the dialects and the stream use
    """An answer that must not reach the client as it is.

    Attributes:
        kind: What is wrong, one of `FAULT_KINDS`.
        message: One sentence for the person at the client; no secrets, no model text.
        retry: Whether the same request may well succeed when it is sent again.
        status: HTTP status the provider put into an in-stream error object, if it did.
        body: The provider's error object as it came (`upstream_error` only), for the dialect's error table.
    """

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        *,
        retry: bool,
        status: int | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind: FaultKind = kind
        self.message = message
        self.retry = retry
        self.status = status
        self.body = body

    @property
    def error_type(self) -> str:
        """Return the Anthropic error type that fits the kind."""
        return _ERROR_TYPES.get(self.kind, "api_error")

    def event(self, error_type: str | None = None, message: str | None = None) -> bytes:
        """Return the fault as one Anthropic `error` stream event.

        Args:
            error_type: Anthropic error type to use instead of the kind's own.
            message: Wording to use instead of the fault's own.
        """
        error = {"type": error_type or self.error_type, "message": message or self.message}
        return b"event: error\ndata: " + orjson.dumps({"type": "error", "error": error}) + b"\n\n"
