"""Sees the sockets behind ASGI: who went away early, and how to reset a connection.

ASGI tells an application about a disconnect only if it waits for it, and cannot send a TCP reset.
The HTTP protocol class that uvicorn uses is therefore extended by two methods.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any, cast

from typing_extensions import override
from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


if TYPE_CHECKING:
    _HttpProtocol = asyncio.Protocol
else:
    # Chosen at run time: httptools where it is installed, else h11.
    _HttpProtocol = AutoHTTPProtocol


class Connection:
    """One TCP connection of a client."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_gone(self) -> bool:
        """Whether the connection is closed."""
        return self.lost.done()

    async def wait_gone(self, timeout_s: float | None) -> bool:
        """Wait until the client goes away or the time is up; return whether it went.

        Args:
            timeout_s: Longest wait; None waits for the client alone.
        """
        await asyncio.wait((self.lost,), timeout=timeout_s)
        return self.is_gone

    def keep_reading(self) -> None:
        """Read on after the body, however large it was, so that a disconnect is noticed."""
        if not self.transport.is_reading() and not self.transport.is_closing():
            self.transport.resume_reading()

    def reset(self) -> None:
        """Send a TCP reset: what has not been delivered yet is thrown away."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()


class Connections:
    """The open connections by client address."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], Connection] = {}

    def of(self, scope: MutableMapping[str, Any]) -> Connection | None:
        """Return the connection a request came in on, or None when it is closed already."""
        return self._open.get(tuple(scope["client"]))

    def protocol(self) -> type[asyncio.Protocol]:
        """Return a uvicorn HTTP protocol class that reports its connections here."""
        opened = self._open

        class WatchedProtocol(_HttpProtocol):
            @override
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                self.address = transport.get_extra_info("peername")
                # A cast, not a check: uvloop's transports are of classes of their own.
                opened[self.address] = Connection(cast("asyncio.Transport", transport))

            @override
            def connection_lost(self, exc: Exception | None) -> None:
                connection = opened.pop(self.address, None)
                if connection is not None and not connection.lost.done():
                    connection.lost.set_result(None)
                super().connection_lost(exc)

        return WatchedProtocol
