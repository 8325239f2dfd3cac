"""What the way back must know about the request that was sent: one immutable object per attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Put into the thinking blocks that we translate: a client replays it, and a later request can tell by it
# that no provider ever issued it.
OWN_SIGNATURE = "Y2NnbG0tdGhpbmtpbmc="


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """Facts of one request that shape its answer.

    Attributes:
        requested_model: Model name the client asked for; echoed everywhere.
        message_id: Id of the answer, `msg_...`.
        estimated_input_tokens: Estimate of the prompt, in tokens, for `message_start` and missing usage.
        tool_schemas: `input_schema` of each tool by the name the client knows.
        tool_names: Name sent to the provider -> name the client knows, only where they differ.
        used_tool_ids: Every tool call id in the history; an answer must not repeat one.
        stop_sequences: Sequences that we must enforce on the text ourselves.
        sent_stop_sequences: Sequences that the provider enforces without saying which one it met.
        signature_tag: Put in front of signatures an Anthropic-speaking upstream issued, so that the next
            request can tell them from foreign ones; empty for no tagging.
    """

    requested_model: str
    message_id: str
    estimated_input_tokens: int = 0
    tool_schemas: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )
    tool_names: Mapping[str, str] = field(default_factory=dict[str, str])
    used_tool_ids: frozenset[str] = frozenset()
    stop_sequences: tuple[str, ...] = ()
    sent_stop_sequences: tuple[str, ...] = ()
    signature_tag: str = ""
