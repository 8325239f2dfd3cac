"""The fast path of a token stream: a chunk that differs from an earlier one in its text only.

A provider repeats the same 200 bytes around every token. Once one such chunk has been parsed, the bytes
before and after its text are remembered; a later chunk with the same two ends is the same JSON with another
text, so only the text needs parsing.
"""

from __future__ import annotations

import re

import orjson

from callbacks.translate.events import RunKind
from callbacks.translate.json_values import read_json

_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\.)*"')
# A stream whose chunks never repeat must not be searched for ever; each hit earns another try.
_FREE_TRIES = 16


class TokenTemplate:
    """Recognise the chunks of one kind of text.

    Attributes:
        kind: What the text is, for the writer.
    """

    def __init__(self, key: str, kind: RunKind) -> None:
        """Watch for the text under a JSON key such as `content`."""
        self.kind: RunKind = kind
        self._key = b'"%b":' % key.encode()
        self._head = b""
        self._tail = b""
        self._hits = 0
        self._tries = 0

    def text_of(self, payload: bytes) -> str | None:
        """Return the chunk's text if it is like the learned one and has any, else None."""
        head = self._head
        if not head or not payload.startswith(head) or not payload.endswith(self._tail):
            return None
        try:
            text = orjson.loads(payload[len(head) : len(payload) - len(self._tail)])
        except orjson.JSONDecodeError:
            return None
        if not text or not isinstance(text, str):
            return None
        self._hits += 1
        return text

    def learn(self, payload: bytes, text: str) -> None:
        """Remember the ends of a chunk that was parsed and found to hold this text and nothing else."""
        if self._tries > _FREE_TRIES + self._hits:
            return
        self._tries += 1
        at = payload.find(self._key)
        start = at + len(self._key)
        if at < 0 or payload.find(self._key, start) >= 0:
            return
        match = _STRING.match(payload, start)
        if match is None or read_json(match.group()) != text:
            return
        self._head = payload[:start]
        self._tail = payload[match.end() :]
