"""Tool call ids: unique over a conversation, and of a form that both sides accept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2s

# What the Messages API accepts as an id (its own error text says so, read 2026-11-20).
_CLIENT_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class IdMint:
    """Give each tool call of one answer an id that the conversation does not hold yet.

    A repeated id makes the client drop the later call, so a provider's id is kept only if it is new.
    """

    def __init__(self, message_id: str, used: Iterable[str]) -> None:
        self._seed = message_id
        self._used = set(used)
        self._count = 0

    def claim(self, wanted: str) -> str:
        """Return the wanted id if it can be used, else a new one made from the message id."""
        if not _CLIENT_ID.fullmatch(wanted) or wanted in self._used:
            wanted = self._fresh()
        self._used.add(wanted)
        return wanted

    def _fresh(self) -> str:
        while True:
            self._count += 1
            digest = blake2s(f"{self._seed}/{self._count}".encode(), digest_size=12).hexdigest()
            if (made := f"toolu_{digest}") not in self._used:
                return made


class IdRewriter:
    """Rename the ids of a conversation on its way to the provider.

    Works through the history in order. The same history gives the same ids, so a growing history keeps its
    beginning.
    """

    def __init__(self, pattern: str | None) -> None:
        """Take the provider's pattern (full match) for ids, or None when it accepts any."""
        self._pattern = re.compile(pattern) if pattern else None
        self._sent: set[str] = set()
        self._latest: dict[str, str] = {}

    def call(self, client_id: str) -> str:
        """Return the id to send for a tool call; a call seen before under this id gets another one."""
        sent = client_id
        count = 0
        while not sent or sent in self._sent or not self._accepts(sent):
            digest = blake2s(f"{client_id}/{count}".encode("utf-8", "replace"), digest_size=12)
            sent = f"call_{digest.hexdigest()}"
            count += 1
        self._sent.add(sent)
        self._latest[client_id] = sent
        return sent

    def result(self, client_id: str) -> str | None:
        """Return the id that the latest call of this name was sent under, None when there was no such call."""
        return self._latest.get(client_id)

    def _accepts(self, sent: str) -> bool:
        return self._pattern is None or bool(self._pattern.fullmatch(sent))
