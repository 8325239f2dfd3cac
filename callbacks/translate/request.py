"""One Anthropic Messages request to one chat-completions request.

Called by the dialects. Pure: the same request and rules give the same bytes, and a history that grows keeps
its translated beginning unchanged, so that automatic prefix caches hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.translate.context import ReplyContext
from callbacks.translate.rules import ChatRules


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request ready to be sent, and what its answer needs.

    Attributes:
        body: The provider's request body.
        context: Handed to `to_message`, `ChatStream` or `MessagesStream`.
        notes: Names of what was changed or left out (`top_k`, `image`), never contents; no name twice.
        server_tools: Types of server tools the client asked for that this endpoint does not serve
            (`web_search_20250305`); they are not in the body. Whether that refuses the request is the caller's say.
    """

    body: dict[str, Any]
    context: ReplyContext
    notes: tuple[str, ...]
    server_tools: tuple[str, ...]


def to_chat_completion(
    body: Mapping[str, Any],
    rules: ChatRules,
    *,
    message_id: str | None = None,
    token_ratio: float = 1.0,
) -> ChatRequest:
    """Translate one Messages request.

    Args:
        body: The client's body; not changed.
        rules: What the provider accepts.
        message_id: Id of the answer; a random `msg_...` when None.
        token_ratio: The model's calibration of the token estimate (`Calibration.ratio`).
    """
    raise NotImplementedError
