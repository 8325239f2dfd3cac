"""One whole chat completion to one Anthropic message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.context import ReplyContext


def to_message(completion: Mapping[str, Any], context: ReplyContext) -> dict[str, Any]:
    """Translate a non-streaming answer.

    Raises:
        ReplyFault: The answer is an error object, empty, or cannot be repaired.
    """
    raise NotImplementedError
