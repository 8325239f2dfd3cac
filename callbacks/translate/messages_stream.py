"""Anthropic SSE of an upstream to Anthropic SSE for the client: repaired, renamed and merged per run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.context import ReplyContext
from callbacks.translate.faults import ReplyFault
from callbacks.translate.reply_stream import Sent, Usage


class MessagesStream:
    """Relay one streamed Anthropic message (a `ReplyStream`)."""

    def __init__(self, context: ReplyContext) -> None:
        self._context = context
        self.sent: Sent = "nothing"
        self.done = False
        self.fault: ReplyFault | None = None
        self.usage = Usage()
        self.stop_reason: str | None = None

    def feed(self, data: bytes) -> bytes:
        """Take what arrived and return the events it makes."""
        raise NotImplementedError

    def finish(self) -> bytes:
        """Say that the upstream ended, and return the last events."""
        raise NotImplementedError


def mend_message(message: Mapping[str, Any], context: ReplyContext) -> dict[str, Any]:
    """Return a non-streaming Anthropic answer of an upstream with name, ids, tool calls and usage put right.

    Raises:
        ReplyFault: The answer is an error object, empty, or cannot be repaired.
    """
    raise NotImplementedError
