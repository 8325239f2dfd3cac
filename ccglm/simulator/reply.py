"""What the simulated model says, before any provider's wire format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool; `arguments` is the raw text, which a fault may have made invalid JSON."""

    name: str
    arguments: str = "{}"
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one exchange; cached tokens are part of the prompt."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Prompt plus completion."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """Thinking, then text, then tool calls, and why the model stopped.

    `finish` is one of stop, length, tool_calls, content_filter, sensitive, network_error,
    model_context_window_exceeded; None means "whatever follows from the content".
    `stop_sequence` is the sequence that ended the text, if one did.
    """

    thinking: str = ""
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: str | None = None
    stop_sequence: str | None = None
    delay_s: float = 0.0
    source: str = "actor"
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def finish_reason(self) -> str:
        """The finish reason in the OpenAI vocabulary."""
        if self.finish:
            return self.finish
        return "tool_calls" if self.tool_calls else "stop"
