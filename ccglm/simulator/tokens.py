"""The simulator's own tokenizer: cheap, deterministic, and nobody else's.

Real providers count with a vocabulary the gateway does not have, so a gateway's estimate is always
a little wrong. These numbers are off from every usual rule of thumb on purpose; an estimator that
calibrates itself has something to learn.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

BYTES_PER_TOKEN = 3.6
"""English prose and code average 3.5 to 4 bytes a token with GLM-sized vocabularies."""

MESSAGE_OVERHEAD_TOKENS = 4
"""Role marks and separators that a chat template puts around each message."""

TOOL_OVERHEAD_TOKENS = 7
"""What a chat template adds around one tool definition."""

IMAGE_TOKENS = 1_105
"""One picture, whatever its size: close to a 1024 x 1024 image in 28-pixel patches."""

_PIECE = re.compile(r"\s?[^\s]{1,4}|\s")


def count_bytes(size_bytes: int) -> int:
    """Return how many tokens a text of this many UTF-8 bytes is."""
    return math.ceil(size_bytes / BYTES_PER_TOKEN)


def count_text(text: str) -> int:
    """Return how many tokens a prompt text is."""
    return count_bytes(len(text.encode()))


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """Cut an answer into the pieces that are streamed, one token each.

    The pieces joined are the text again, so the completion count of a streamed and of a whole
    answer is the same number. Remembered, because an answer is cut when it is made and again when
    it is limited.
    """
    return tuple(_PIECE.findall(text))
