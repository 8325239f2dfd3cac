"""Tool names that are too long for a provider, shortened so that the way back is known."""

from __future__ import annotations

import re
from hashlib import blake2s

_REFUSED = re.compile(r"[^a-zA-Z0-9_-]")
_MARK_LENGTH = 9


def sent_tool_name(name: str, limit: int) -> str:
    """Return the name to send for a tool: itself where it fits, else its beginning and a short digest.

    The Messages API allows 128 characters of letters, digits, `_` and `-`; chat-completions endpoints 64.
    """
    clean = _REFUSED.sub("_", name)
    if name and clean == name and len(name) <= limit:
        return name
    digest = blake2s(name.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{clean[: limit - _MARK_LENGTH]}_{digest}"
