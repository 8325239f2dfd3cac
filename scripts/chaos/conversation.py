"""One client of the chaos test: multi-turn tool sessions whose every answer is known to the byte beforehand.

The simulated model repeats a mark of the conversation's own, calls the tool it is told to, and quotes the result.
A refusal or a broken stream is met as Claude Code meets it: the same request again, after `retry-after` or a growing
pause; a prompt that is called too long begins the conversation anew.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ccglm.simulator.actor import text_of
from scripts.chaos.figures import Figures
from scripts.chaos.wire import ask
from scripts.conformance.checks import (
    broken_stream_problems,
    error_problems,
    leaks,
    message_problems,
    stream_problems,
)
from scripts.conformance.reply import Json, Reply, objs

MODEL = "claude-sonnet-4-5"
THINKING_TOKENS = 30
"""Length of the simulated model's thinking; its words are known then."""
THOUGHT = text_of(THINKING_TOKENS, "")
MAX_TRIES = 10
"""As often Claude Code asks before it gives up (client 2.1.329, measured 2026-11-20)."""
MAX_TURNS = 5

_READ: Json = {
    "name": "Read",
    "description": "Read a file.",
    "input_schema": {
        "type": "object",
        "properties": {"file_path": {"type": "string"}},
        "required": ["file_path"],
    },
}
_EDIT: Json = {
    "name": "Edit",
    "description": "Change a file.",
    "input_schema": {
        "type": "object",
        "properties": {
            "file_path": {"type": "string"},
            "edits": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["file_path", "edits"],
    },
}


class TooLong(Exception):  # noqa: N818  it is an answer like another
    """The prompt was called too long: the client compacts."""


class GaveUp(Exception):  # noqa: N818  it is an answer like another
    """The client used up its tries, each with an honest error."""


@dataclass
class Client:
    """One client.

    Attributes:
        url: Address of the proxy.
        token: Bearer token.
        name: Part of its marks; unique among the clients.
        dice: The source of its chances.
        figures: Where it counts.
        limit_s: Longest time for one request, in seconds.
        patience_s: Longest it waits before another try, in seconds, whatever it was told.
    """

    url: str
    token: str
    name: str
    dice: random.Random
    figures: Figures
    limit_s: float = 90.0
    patience_s: float = 60.0

    async def talk(self, more: Callable[[], bool]) -> None:
        """Have one conversation after the other while there is `more`; the last one is finished."""
        number = 0
        while more():
            number += 1
            self.figures.conversations += 1
            conversation = Conversation(self, f"{self.name}-{number}")
            try:
                for _ in range(self.dice.randint(2, MAX_TURNS)):
                    await conversation.turn()
                    self.figures.turns += 1
            except TooLong:
                self.figures.compacted += 1
            except GaveUp as reason:
                self.figures.note_gave_up(str(reason))


class Conversation:
    """One conversation: its history, and what the model must say next."""

    def __init__(self, client: Client, mark: str) -> None:
        self._client = client
        self._dice = client.dice
        self._mark = mark
        self._session = f"session-{mark}"
        self._history: list[Json] = []
        self._step = 0

    async def turn(self) -> None:
        """Say something to the model and take in its answer, with all that tools have to do for it.

        Raises:
            TooLong: The history does not fit any more.
            GaveUp: Nobody answered.
        """
        self._step += 1
        await self._dice.choice((self._words, self._words, self._read_file, self._edit_file))()

    async def _words(self) -> None:
        tokens = self._dice.choice((5, 40, 150, 400))
        mark = f"mark:{self._mark}-{self._step}"
        reply = await self._say(f"{mark} tokens:{tokens}")
        self._expect("text", reply.text, text_of(tokens, mark))
        self._expect("calls", reply.calls, [])

    async def _read_file(self) -> None:
        path = f"/work/{self._mark}-{self._step}.txt"
        await self._use_tool(f"Please read {path}", "Read", {"file_path": path})

    async def _edit_file(self) -> None:
        change = {"old": f"Größe {self._mark}", "new": '東京 🦊 "quoted"\\\n', "step": self._step}
        arguments = {"file_path": f"/work/{self._mark}.py", "edits": [change, {}]}
        wish = json.dumps(arguments, ensure_ascii=False)
        await self._use_tool(f"call Edit {wish}", "Edit", arguments)

    async def _use_tool(self, wish: str, tool: str, arguments: Json) -> None:
        reply = await self._say(wish)
        calls = [(call["name"], call["input"]) for call in reply.calls]
        self._expect("calls", calls, [(tool, arguments)])
        if not reply.calls:
            raise GaveUp(f"{self._mark}: no tool was called")
        first_line = f"result {self._mark}-{self._step} ä🦊"
        results = [
            {"type": "tool_result", "tool_use_id": call["id"], "content": f"{first_line}\nmore"}
            for call in reply.calls
        ]
        answer = await self._send({"role": "user", "content": results})
        self._expect("text", answer.text, f"The tool returned: {first_line}")

    async def _say(self, words: str) -> Reply:
        return await self._send({"role": "user", "content": [{"type": "text", "text": words}]})

    async def _send(self, message: Json) -> Reply:
        """Send the history with one more message until it is answered; both then belong to the history."""
        body: Json = {
            "model": MODEL,
            "max_tokens": 2000,
            "stream": self._dice.random() < 0.75,
            "system": f"You are the assistant of {self._session}.",
            "tools": [_READ, _EDIT],
            "messages": [*self._history, message],
        }
        if self._dice.random() < 0.4:
            body["thinking"] = {"type": "adaptive"}
        reply = await self._until_answered(body)
        for thought in (block for block in reply.content if block.get("type") == "thinking"):
            said = str(thought.get("thinking"))
            # A thought may have been taken up anew by another provider, after the beginning of one.
            self._expect("thinking", said, THOUGHT[: len(said)])
        self._history += [message, {"role": "assistant", "content": reply.content}]
        return reply

    async def _until_answered(self, body: Json) -> Reply:
        figures, reply = self._client.figures, Reply()
        for number in range(MAX_TRIES):
            figures.requests += 1
            reply = await ask(
                self._client.url,
                self._client.token,
                body,
                session=self._session,
                limit_s=self._client.limit_s,
            )
            if "x-ccglm-fallback" in reply.headers:
                figures.fallbacks += 1
            if reply.broken is None and reply.status == 200 and reply.error is None:
                self._check_form(reply, streamed=bool(body["stream"]))
                return reply
            self._check_honest(reply)
            if reply.error_message.startswith("prompt is too long"):
                raise TooLong
            if reply.headers.get("x-should-retry") == "false":
                break
            await asyncio.sleep(self._pause_s(reply, number))
        raise GaveUp(f"{self._mark}: status {reply.status}: {reply.error_message}")

    def _pause_s(self, reply: Reply, number: int) -> float:
        told = reply.headers.get("retry-after")
        pause_s = float(told) if told else 0.5 * 2**number * self._dice.uniform(0.75, 1.0)
        return min(pause_s, self._client.patience_s)

    def _check_form(self, reply: Reply, *, streamed: bool) -> None:
        problems = stream_problems(reply.events) if streamed else message_problems(reply.document)
        for problem in problems[:1]:
            self._client.figures.note_wrong(f"{self._mark}: {problem}")

    def _check_honest(self, reply: Reply) -> None:
        """Count an error: as lost when it is none that tells the client what to do."""
        problems = [reply.broken] if reply.broken else _dishonest(reply)
        if problems:
            self._client.figures.note_lost(f"{self._mark}: status {reply.status}: {problems[0]}")
        else:
            self._client.figures.errors[f"{reply.status} {reply.error_type}"] += 1

    def _expect(self, what: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            self._client.figures.note_wrong(
                f"{self._mark}-{self._step}: {what} is {str(found)[:200]!r}, not {str(wanted)[:200]!r}"
            )


def _dishonest(reply: Reply) -> list[str]:
    """Return what is wrong with an error; empty for one that says what happened and when to try again."""
    if reply.streamed:
        return broken_stream_problems(reply.events) + leaks(reply)
    problems = error_problems(reply.document) + leaks(reply)
    if reply.status in (429, 529):
        wait = reply.headers.get("retry-after", "")
        if not (wait.isdigit() and 1 <= int(wait) <= 60):
            problems.append(f"retry-after is {wait!r}")
    if not objs([reply.document]) or reply.status < 400:
        problems.append("no error envelope")
    return problems
