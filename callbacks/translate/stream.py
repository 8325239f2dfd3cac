"""Chat-completions SSE to Anthropic SSE, one object per response."""

from __future__ import annotations

from callbacks.translate.context import ReplyContext
from callbacks.translate.faults import ReplyFault
from callbacks.translate.reply_stream import Sent, Usage


class ChatStream:
    """Translate one streamed chat completion (a `ReplyStream`)."""

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
