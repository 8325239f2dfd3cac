"""Server-sent events as a provider sends them: bytes cut anywhere in, the data of whole events out."""

from __future__ import annotations

from callbacks.translate.faults import ReplyFault

# An event holds a tool call's whole arguments at most; a line without an end must not fill the memory.
MAX_EVENT_BYTES = 32 * 1024 * 1024

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SseReader:
    """Collect the `data` of server-sent events.

    Attributes:
        strange: Something arrived that is no server-sent event (HTML, a bare text).
    """

    def __init__(self) -> None:
        self.strange = False
        self._pieces: list[bytes] = []
        self._held_bytes = 0
        self._started = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived and return the data of each event that is complete now.

        Several data lines of one event are joined by a newline. A line of bare JSON counts as data: that is how
        an error comes that was meant to be no stream.

        Raises:
            ReplyFault: One event is longer than `MAX_EVENT_BYTES`.
        """
        if b"\n" not in data:
            self._hold(data)
            return []
        if self._pieces:
            self._pieces.append(data)
            data = b"".join(self._pieces)
            self._pieces.clear()
            self._held_bytes = 0
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        if not self._started:
            self._started = True
            data = data.removeprefix(_BYTE_ORDER_MARK)
        events = data.split(b"\n\n")
        self._hold(events.pop())
        payloads: list[bytes] = []
        for event in events:
            if event.startswith(b"data:") and b"\n" not in event:
                payloads.append(event[5:])
            else:
                payloads.extend(self._payloads_of(event))
        return payloads

    def finish(self) -> list[bytes]:
        """Return the data of a last event that was not closed by an empty line."""
        rest = b"".join(self._pieces).replace(b"\r", b"")
        self._pieces.clear()
        return self._payloads_of(rest.removeprefix(_BYTE_ORDER_MARK))

    def _hold(self, data: bytes) -> None:
        if not data:
            return
        self._pieces.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > MAX_EVENT_BYTES:
            raise ReplyFault("garbled", "the provider sent an endless line", retry=True)

    def _payloads_of(self, event: bytes) -> list[bytes]:
        data: list[bytes] = []
        for line in event.split(b"\n"):
            if line.startswith(b"data:"):
                data.append(line[5:])
            elif line.startswith(b"{"):
                data.append(line)
            elif line.strip() and not line.startswith(
                (b":", b"event:", b"id:", b"retry:", b"data")
            ):
                self.strange = True
        return [b"\n".join(data)] if data else []
