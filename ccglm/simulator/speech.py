"""A reply cut to the request's limits and into the pieces that are streamed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccglm.simulator.reply import Reply, Usage
from ccglm.simulator.tokens import count_text, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

FRAGMENT_CHARS = 9
"""Length of the pieces in which tool arguments are streamed, when they are."""


@dataclass(frozen=True)
class Speech:
    """Thinking and text as runs of one-token pieces; the reply they came from, already cut."""

    reply: Reply
    thinking: tuple[str, ...]
    text: tuple[str, ...]
    tool_tokens: int

    def usage(self, *, prompt_tokens: int, cached_tokens: int) -> Usage:
        """Return the token counts, the same for a stream and for a whole answer."""
        return Usage(
            prompt_tokens=prompt_tokens,
            cached_tokens=cached_tokens,
            completion_tokens=len(self.thinking) + len(self.text) + self.tool_tokens,
            reasoning_tokens=len(self.thinking),
        )


def speak(reply: Reply, *, max_tokens: int | None = None, stops: Sequence[str] = ()) -> Speech:
    """Apply stop sequences and the output limit to a reply.

    Args:
        reply: What the model would say.
        max_tokens: Output limit including thinking; None is no limit.
        stops: Stop sequences; the earliest one in the text ends it, and is not part of it.

    Returns:
        The speech. When the limit cut it, its finish reason is `length` and it has no tool calls;
        a finish reason set on the reply is kept.
    """
    reply = _stopped(reply, stops)
    thinking, text = pieces(reply.thinking), pieces(reply.text)
    tool_tokens = sum(count_text(call.name + call.arguments) for call in reply.tool_calls)
    if max_tokens is None or len(thinking) + len(text) + tool_tokens <= max_tokens:
        return Speech(reply, thinking, text, tool_tokens)
    thinking = thinking[:max_tokens]
    text = text[: max_tokens - len(thinking)]
    cut = dataclasses.replace(
        reply,
        thinking="".join(thinking),
        text="".join(text),
        tool_calls=(),
        finish=reply.finish or "length",
        stop_sequence=None,
    )
    return Speech(cut, thinking, text, 0)


def _stopped(reply: Reply, stops: Sequence[str]) -> Reply:
    found = [(reply.text.find(stop), stop) for stop in stops if stop and stop in reply.text]
    if not found:
        return reply
    position, stop = min(found)
    return dataclasses.replace(reply, text=reply.text[:position], tool_calls=(), stop_sequence=stop)


def fragments(arguments: str) -> list[str]:
    """Cut tool arguments into the pieces of a fragmented stream; empty arguments give no piece."""
    return [
        arguments[start : start + FRAGMENT_CHARS]
        for start in range(0, len(arguments), FRAGMENT_CHARS)
    ]
