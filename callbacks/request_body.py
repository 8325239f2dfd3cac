r"""A client's body on its way in: read once, mended where a client cut a character in half.

JavaScript clients cut long tool outputs at a number of UTF-16 units and so leave half of an emoji behind, which
JSON carries as a lone `\\ud83e`. Parsers refuse the whole request for it, and as it stays in the history, every
later request of the session too.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

_REPLACEMENT = rb"\ufffd"
# Every escape of a JSON text, so that a backslash that is itself escaped is never read as the start of one.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


async def whole_body(receive: Receive) -> bytes | None:
    """Return the body of a request, None when the client left before it was complete."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def mended(body: bytes) -> bytes:
    """Return a JSON text in which each half of a surrogate pair is the replacement character.

    Whole pairs, and text that only looks like an escape, stay as they are.
    """
    if rb"\ud" not in body and rb"\uD" not in body:
        return body
    return _ESCAPE.sub(lambda found: _REPLACEMENT if found[1] else found[0], body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out the body in one piece, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
