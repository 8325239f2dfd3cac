"""Scripted replies: what a test wants the model to say next, queued over the control port."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from ccglm.simulator.matching import Match
from ccglm.simulator.reply import Reply, ToolCall

if TYPE_CHECKING:
    from ccglm.simulator.request import ApiRequest

Finish = Literal[
    "stop",
    "length",
    "tool_calls",
    "content_filter",
    "sensitive",
    "network_error",
    "model_context_window_exceeded",
]


class ScriptedCall(BaseModel):
    """A tool call; arguments as an object, or as raw text to send something invalid."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    arguments: dict[str, Any] | str = Field(
        default={}, description="Object, or raw text sent as it is."
    )
    id: str | None = Field(
        default=None, description="Call id; made up in the provider's form if absent."
    )

    def to_call(self) -> ToolCall:
        """Return the call with its arguments as text."""
        raw = self.arguments
        text = raw if isinstance(raw, str) else orjson.dumps(raw).decode()
        return ToolCall(name=self.name, arguments=text, id=self.id)


class ScriptedReply(BaseModel):
    """One queued reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    thinking: str = Field(default="", description="Thinking before the answer.")
    text: str = Field(default="", description="The answer.")
    tool_calls: tuple[ScriptedCall, ...] = Field(
        default=(), description="Tool calls after the text."
    )
    finish: Finish | None = Field(
        default=None, description="Finish reason; follows from content if absent."
    )
    match: Match = Field(default=Match(), description="Which requests it answers.")
    delay_ms: float = Field(default=0, ge=0, description="Extra wait before the first byte.")
    repeat: int = Field(
        default=1, ge=0, description="How many requests it answers; 0 is without end."
    )

    def to_reply(self) -> Reply:
        """Return the reply in the simulator's own form."""
        return Reply(
            thinking=self.thinking,
            text=self.text,
            tool_calls=tuple(call.to_call() for call in self.tool_calls),
            finish=self.finish,
            delay_s=self.delay_ms / 1000,
            source="script",
        )


class Script:
    """A queue of replies; the first one that fits a request is used."""

    def __init__(self) -> None:
        self._waiting: list[tuple[ScriptedReply, int]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, replies: Iterable[ScriptedReply]) -> None:
        """Put replies at the end of the queue."""
        self._waiting.extend((reply, reply.repeat) for reply in replies)

    def clear(self) -> None:
        """Forget all replies."""
        self._waiting.clear()

    def next_for(self, request: "ApiRequest") -> Reply | None:
        """Return the reply for a request and count it, or None when no queued reply fits."""
        for position, (scripted, left) in enumerate(self._waiting):
            if not scripted.match.fits(request):
                continue
            if left == 1:
                del self._waiting[position]
            elif left > 1:
                self._waiting[position] = (scripted, left - 1)
            return scripted.to_reply()
        return None
