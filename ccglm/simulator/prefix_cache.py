"""Prompt caching: which leading blocks of a prompt were seen lately.

Cerebras caches prefixes in blocks of 100 to 600 tokens for at least five minutes, per organisation
(prompt caching documentation, 2026); Z.ai caches implicitly and reports the count. Here a block is
128 tokens for both.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ccglm.simulator.tokens import BYTES_PER_TOKEN

if TYPE_CHECKING:
    from ccglm.simulator.prompt import Prompt

BLOCK_TOKENS = 128
_BLOCK_BYTES = round(BLOCK_TOKENS * BYTES_PER_TOKEN)
_FORGET_ABOVE_BLOCKS = 200_000


class PrefixCache:
    """Remembers prompt prefixes, block by block, for a limited time."""

    def __init__(self) -> None:
        self._seen_until_s: dict[bytes, float] = {}

    def cached_tokens(self, owner: str, prompt: Prompt, *, now_s: float) -> int:
        """Return how many leading tokens of the prompt are cached, a multiple of 128.

        Args:
            owner: Whose cache it is, for instance organisation and model.
            prompt: The prompt; the last, incomplete block never counts.
            now_s: Monotonic seconds.
        """
        blocks = 0
        for key in _block_keys(owner, prompt.text):
            if self._seen_until_s.get(key, 0.0) <= now_s:
                break
            blocks += 1
        return min(blocks * BLOCK_TOKENS, prompt.tokens)

    def remember(self, owner: str, prompt: Prompt, *, now_s: float, keep_s: float) -> None:
        """Keep the prompt's complete blocks until `now_s + keep_s`."""
        if len(self._seen_until_s) > _FORGET_ABOVE_BLOCKS:
            self._seen_until_s = {k: t for k, t in self._seen_until_s.items() if t > now_s}
        for key in _block_keys(owner, prompt.text):
            self._seen_until_s[key] = now_s + keep_s

    def clear(self) -> None:
        """Forget everything."""
        self._seen_until_s.clear()


def _block_keys(owner: str, text: bytes) -> list[bytes]:
    """Return one key per complete block; a key stands for the block and all before it."""
    digest = hashlib.blake2b(owner.encode(), digest_size=16)
    keys: list[bytes] = []
    for start in range(0, len(text) - _BLOCK_BYTES + 1, _BLOCK_BYTES):
        digest.update(text[start : start + _BLOCK_BYTES])
        keys.append(digest.digest())
    return keys
