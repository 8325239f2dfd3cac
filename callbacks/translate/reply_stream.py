"""What every stream translator offers to the pacing and to the dialects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from callbacks.translate.faults import ReplyFault

Sent = Literal["nothing", "thinking", "content"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one answer.

    Attributes:
        input_tokens: Prompt tokens that were not cached.
        cached_tokens: Prompt tokens read from the provider's cache.
        output_tokens: Tokens of the answer, thinking included.
        reasoning_tokens: The thinking among them, 0 when the provider does not tell.
        estimated: The provider did not say; the numbers are ours.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = True

    @property
    def prompt_tokens(self) -> int:
        """Return all tokens of the prompt, cached or not."""
        return self.input_tokens + self.cached_tokens

    def as_anthropic(self) -> dict[str, Any]:
        """Return Anthropic's `usage` object; cached tokens are not counted twice."""
        return {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": self.cached_tokens,
            "output_tokens": self.output_tokens,
        }


class ReplyStream(Protocol):
    """One answer while it arrives: provider bytes in, Anthropic SSE bytes out.

    A fault is recorded, not raised, because events before it in the same bytes still count: callers look at
    `fault` after each call. Once `fault` or `done` is set, further calls return nothing.

    Attributes:
        sent: What the client has been given so far.
        done: The closing event was written; nothing more comes.
        fault: Why the answer cannot go on, or None.
        usage: Token counts so far; exact at the end.
        stop_reason: Anthropic stop reason, set with the closing event.
    """

    sent: Sent
    done: bool
    fault: ReplyFault | None
    usage: Usage
    stop_reason: str | None

    def feed(self, data: bytes) -> bytes:
        """Take what arrived, cut anywhere, and return the events it makes, possibly none."""
        ...

    def finish(self) -> bytes:
        """Say that the upstream ended, and return the last events."""
        ...
