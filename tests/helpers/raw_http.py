"""A bare HTTP/1.1 client on a socket: sees single writes, resets and missing ends; can hang up."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import orjson

if TYPE_CHECKING:
    from types import TracebackType

_TIMEOUT_S = 10.0


@dataclass
class RawAnswer:
    """What came back: status, headers and the body as its HTTP chunks (or as one piece)."""

    status: int
    headers: dict[str, str]
    chunks: list[bytes] = field(default_factory=list[bytes])
    complete: bool = False
    was_reset: bool = False

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)


class RawClient:
    """One connection that carries one request."""

    def __init__(self, base: str) -> None:
        host, port = base.removeprefix("http://").split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=_TIMEOUT_S)
        self._reader = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, whatever is still on its way."""
        self._reader.close()
        self._socket.close()

    def send(self, path: str, body: Any = None, *, method: str = "POST", key: str = "key") -> None:
        """Send a request with a bearer token; the body is sent as JSON unless it is bytes."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: simulator\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(raw)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + raw)

    def head(self) -> RawAnswer:
        """Read status line and headers."""
        status = int(self._reader.readline().split()[1])
        headers: dict[str, str] = {}
        while (line := self._reader.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(": ")
            headers[name.lower()] = value
        return RawAnswer(status, headers)

    def one_chunk(self) -> bytes:
        """Read one HTTP chunk; empty at the end of the body.

        Raises:
            EOFError: The connection ended before the body did.
        """
        size = self._reader.readline()
        if not size:
            raise EOFError
        data = self._reader.read(int(size, 16) + 2)
        return data[:-2]

    def answer(self) -> RawAnswer:
        """Read everything until the body's end, the connection's end or a reset."""
        found = self.head()
        try:
            if "content-length" in found.headers:
                length = int(found.headers["content-length"])
                while (left := length - len(found.body)) and (data := self._reader.read1(left)):
                    found.chunks.append(data)
                found.complete = len(found.body) == length
            else:
                while chunk := self.one_chunk():
                    found.chunks.append(chunk)
                found.complete = True
        except ConnectionResetError:
            found.was_reset = True
        except EOFError:
            pass
        return found


def fetch(base: str, path: str, body: Any = None, **options: Any) -> RawAnswer:
    """Send one request on a connection of its own and read the answer."""
    with RawClient(base) as client:
        client.send(path, body, **options)
        return client.answer()
