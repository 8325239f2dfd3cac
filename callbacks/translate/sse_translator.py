"""What all stream translators have in common: bytes to payloads, faults, and handing out what was written."""

from __future__ import annotations

from abc import ABC, abstractmethod

from callbacks.translate.context import ReplyContext
from callbacks.translate.events import EventWriter
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import JsonObject, as_object, read_json
from callbacks.translate.reply_stream import Sent, Usage
from callbacks.translate.sse import SseReader
from callbacks.translate.tool_ids import IdMint


class SseTranslator(ABC):
    """A `ReplyStream` over server-sent events; a subclass knows what the events mean."""

    def __init__(self, context: ReplyContext) -> None:
        self.sent: Sent = "nothing"
        self.done = False
        self.fault: ReplyFault | None = None
        self.usage = Usage(context.estimated_input_tokens)
        self.stop_reason: str | None = None
        self._context = context
        self._reader = SseReader()
        self._writer = EventWriter(context)
        self._ids = IdMint(context.message_id, context.used_tool_ids)

    def feed(self, data: bytes) -> bytes:
        """Take what arrived, cut anywhere, and return the events it makes, possibly none."""
        if self.done or self.fault:
            return b""
        try:
            self._take_all(self._reader.feed(data), at_end=False)
        except ReplyFault as fault:
            return self._break_off(fault)
        return self._hand_out()

    def finish(self) -> bytes:
        """Say that the upstream ended, and return the last events."""
        if self.done or self.fault:
            return b""
        try:
            self._take_all(self._reader.finish(), at_end=True)
            if not self.done:
                self._end()
        except ReplyFault as fault:
            return self._break_off(fault)
        return self._hand_out()

    @abstractmethod
    def _take_all(self, payloads: list[bytes], *, at_end: bool) -> None:
        """Translate the data of whole events; at the end of the upstream the last one may be cut off."""

    @abstractmethod
    def _end(self) -> None:
        """Finish the answer if it is complete, else raise the fault."""

    def _parse(self, payload: bytes, *, at_end: bool) -> JsonObject:
        try:
            return as_object(read_json(payload))
        except ValueError:
            if at_end:
                raise ReplyFault(
                    "cut", "the provider's answer ended in mid-word", retry=True
                ) from None
            raise ReplyFault(
                "garbled", "the provider sent an unreadable piece", retry=True
            ) from None

    def _close(self, stop_reason: str, stop_sequence: str | None, usage: Usage) -> None:
        self.usage = usage
        self.stop_reason = stop_reason
        self._writer.stop(stop_reason, stop_sequence, usage)
        self.done = True

    def _lost_end(self, message: str, *, pending: bool) -> ReplyFault:
        """Return the fault for an answer without an end; `pending` says that something waits to be written."""
        if self._reader.strange:
            return ReplyFault("garbled", "the provider sent no event stream", retry=True)
        nothing = self._writer.sent == "nothing" and not self._writer.run and not pending
        return ReplyFault("empty" if nothing else "cut", message, retry=True)

    def _hand_out(self) -> bytes:
        out = self._writer.take()
        self.sent = self._writer.sent
        return out

    def _break_off(self, fault: ReplyFault) -> bytes:
        self.fault = fault
        if self.sent == "nothing":
            # What came with the fault in the same bytes was never seen: another provider may still answer.
            self._writer.discard()
            return b""
        return self._hand_out()
