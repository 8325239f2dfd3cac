"""A provider's answer without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence


class FakeUpstream:
    """An `Upstream` that gives what it was told to, and remembers whether it was closed.

    A piece may be bytes, an exception to raise, or a number of seconds to be silent.
    """

    def __init__(
        self,
        status: int,
        pieces: Sequence[bytes | BaseException | float],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = status
        self.headers: Mapping[str, str] = headers or {}
        self.closed = False
        self._pieces = pieces

    async def aread(self) -> bytes:
        return b"".join([data async for data in self.aiter_bytes()])

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, BaseException):
                raise piece
            if isinstance(piece, int | float):
                await asyncio.sleep(piece)
            else:
                yield piece

    async def aclose(self) -> None:
        self.closed = True
