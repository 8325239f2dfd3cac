"""One model under test: asks the proxy by the model's own name and judges whether the answer is its own.

A refusal that says how long to wait is waited for once: a small plan's quota is no fault of the set-up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccglm.proxy.messages_client import Answer, MessagesClient
    from litellm_config.hook_settings import ModelFacts

LONGEST_WAIT_S: Final = 60.0
"""The proxy names no longer one; a longer one of anybody else is not worth waiting for."""
_OUT_OF_ROOM: Final = (429, 503, 529)
_INPUT_KEYS: Final = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


@dataclass
class Tokens:
    """What the answers say they cost, in tokens."""

    input: int = 0
    output: int = 0

    def add(self, usage: Mapping[str, Any]) -> None:
        """Add the usage of one answer."""
        self.input += input_of(usage)
        self.output += int(usage.get("output_tokens") or 0)


def input_of(usage: Mapping[str, Any]) -> int:
    """Return all input tokens of an answer, the cached ones too."""
    return sum(int(usage.get(key) or 0) for key in _INPUT_KEYS)


class ModelUnderTest:
    """Asks one chain member; keeps what it cost."""

    def __init__(
        self,
        client: MessagesClient,
        member: str,
        facts: ModelFacts | None,
        tell: Callable[[str], None],
    ) -> None:
        """Get ready to ask.

        Args:
            client: Of the running proxy.
            member: `provider/model`, the name that is asked for.
            facts: What is known about the model, None for nothing.
            tell: Is told what is going on.
        """
        self.client = client
        self.member = member
        self.facts = facts
        self.tokens = Tokens()
        self._tell = tell
        self._waits = True

    async def ask(self, body: Mapping[str, Any]) -> Answer:
        """Send a request, a second time if the first was told when to come back.

        Nothing is waited for any more once a wait was in vain.
        """
        answer = await self.client.ask(body)
        wait_s = answer.retry_after_s
        if self._waits and _has_no_room(answer) and wait_s is not None and wait_s <= LONGEST_WAIT_S:
            self._tell(f"{self.member} has no room: asking again in {wait_s:.0f} s")
            await asyncio.sleep(wait_s)
            answer = await self.client.ask(body)
            self._waits = not _has_no_room(answer)
        self.tokens.add(answer.usage)
        return answer

    def wrong_with(self, answer: Answer, *, stop: str = "end_turn") -> str | None:
        """Return what is wrong with an answer whatever was asked, None for nothing.

        Args:
            answer: The answer.
            stop: The stop reason it must have.
        """
        if answer.error is not None:
            return answer.error
        if answer.served_by != self.member:
            return f"served by {answer.served_by or 'nobody'} in its place"
        if answer.model != self.member:
            return f"the answer is in the name of `{answer.model}`"
        if answer.stop_reason != stop:
            return f"it stopped with `{answer.stop_reason}`, not `{stop}`"
        if input_of(answer.usage) <= 0 or not answer.usage.get("output_tokens"):
            return "the answer does not say what it cost"
        return None


def _has_no_room(answer: Answer) -> bool:
    return answer.status in _OUT_OF_ROOM
