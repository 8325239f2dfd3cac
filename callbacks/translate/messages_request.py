"""One Anthropic Messages request to one that another Anthropic-speaking endpoint accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.request import ChatRequest
from callbacks.translate.rules import MessagesRules


def to_messages_request(
    body: Mapping[str, Any],
    rules: MessagesRules,
    *,
    message_id: str | None = None,
    token_ratio: float = 1.0,
) -> ChatRequest:
    """Make a Messages request fit for an endpoint that speaks the same language but takes less of it.

    Args:
        body: The client's body; not changed.
        rules: What the provider accepts.
        message_id: Id of the answer; a random `msg_...` when None.
        token_ratio: The model's calibration of the token estimate (`Calibration.ratio`).
    """
    raise NotImplementedError
