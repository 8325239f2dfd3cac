"""Many requests at once, and who served each: the proof that fallback works.

Called by `ccglm demo` and by `scripts/parallel_fallback_test.py`. Pure counting beside one client call.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ccglm.proxy.messages_client import Answer, MessagesClient

PROMPT = "Answer with one short sentence: what is request {number} of {total} about?"


@dataclass(frozen=True)
class BurstResult:
    """The answers of a burst, in the order the requests were numbered."""

    answers: tuple[Answer, ...]

    @property
    def served(self) -> dict[str, int]:
        """Answered requests per `provider/model`, most first."""
        counts = Counter(a.served_by or "unknown" for a in self.answers if a.ok)
        return dict(counts.most_common())

    @property
    def providers(self) -> set[str]:
        """The providers that answered at least one request."""
        return {member.split("/", 1)[0] for member in self.served if member != "unknown"}

    @property
    def errors(self) -> list[str]:
        """The error of every request that was not answered."""
        return [a.error or "no answer" for a in self.answers if not a.ok]

    @property
    def fell_back(self) -> bool:
        """Whether more than one provider answered."""
        return len(self.providers) > 1

    def document(self) -> dict[str, Any]:
        """Return the result as JSON-ready data: counts, errors, and a row a request (times in ms)."""
        return {
            "ok": not self.errors and self.fell_back,
            "requests": len(self.answers),
            "answered": len(self.answers) - len(self.errors),
            "served": self.served,
            "errors": self.errors,
            "fell_back": self.fell_back,
            "rows": [
                {
                    "request": number,
                    "served_by": answer.served_by,
                    "fallback": answer.fallback,
                    "first_event_ms": answer.first_event_ms,
                    "duration_ms": round(answer.duration_ms, 1),
                    "error": answer.error,
                }
                for number, answer in enumerate(self.answers, start=1)
            ],
        }


def burst_body(number: int, total: int, model: str, *, stream: bool) -> dict[str, Any]:
    """Return the Messages request number `number` of `total`."""
    return {
        "model": model,
        "max_tokens": 256,
        "stream": stream,
        "messages": [{"role": "user", "content": PROMPT.format(number=number, total=total)}],
    }


async def run_burst(
    client: MessagesClient,
    total: int,
    *,
    model: str = "main",
    stream: bool = True,
    on_answer: Callable[[int, Answer], None] | None = None,
) -> BurstResult:
    """Send `total` requests at once and wait for all of them.

    Args:
        client: The client of the proxy.
        total: How many requests, at least one.
        model: The name to ask for.
        stream: Whether to ask for streams.
        on_answer: Called with the request's number and its answer as each one ends.

    Returns:
        All answers, numbered from 1 in the order of sending.
    """

    async def one(number: int) -> Answer:
        answer = await client.ask(burst_body(number, total, model, stream=stream))
        if on_answer is not None:
            on_answer(number, answer)
        return answer

    answers = await asyncio.gather(*(one(number) for number in range(1, total + 1)))
    return BurstResult(tuple(answers))
