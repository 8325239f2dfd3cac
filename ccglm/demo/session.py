"""The demo's scripted session: what Claude Code asks of a gateway in a minute's work, one step at a time.

Each step sends a request shaped like the client's and says in one sentence whether the answer was right.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from ccglm.proxy.messages_client import Answer, MessagesClient

MODEL = "claude-sonnet-4-5"
"""A name the client may ask for; the settings' aliases turn it into the role `main`."""
FILE_PATH = "/demo/greeting.txt"
FILE_TEXT = "Hello from a file that only the client can read.\n"
_READ_TOOL: dict[str, Any] = {
    "name": "Read",
    "description": "Read a file from the user's disk.",
    "input_schema": {
        "type": "object",
        "properties": {"file_path": {"type": "string", "description": "Absolute path"}},
        "required": ["file_path"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Step:
    """One finished step of the session.

    Attributes:
        name: What was tried.
        ok: Whether the answer was right.
        detail: What came back, or what was wrong with it.
        served_by: `provider/model` that answered, None when nobody did.
        duration_ms: How long it took, in milliseconds.
    """

    name: str
    ok: bool
    detail: str
    served_by: str | None
    duration_ms: float


def request(prompt: str, **extra: Any) -> dict[str, Any]:
    """Return a streaming Messages request with one user message."""
    return {
        "model": MODEL,
        "max_tokens": 2000,
        "stream": True,
        "system": [{"type": "text", "text": "You are a careful assistant."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}],
        **extra,
    }


def judge(name: str, answer: Answer, wrong: str | None, detail: str) -> Step:
    """Return the step for an answer; `wrong` says what was not as it should be."""
    problem = answer.error or wrong
    return Step(name, problem is None, problem or detail, answer.served_by, answer.duration_ms)


async def text_step(client: MessagesClient) -> Step:
    """Ask for a plain text answer."""
    answer = await client.ask(request("Say hello in one sentence."))
    wrong = None if answer.text and answer.stop_reason == "end_turn" else "no text came back"
    return judge("text", answer, wrong, f"{len(answer.text)} characters")


async def thinking_step(client: MessagesClient) -> Step:
    """Ask for thinking before the answer."""
    body = request(
        "Think first: which is larger, 9.11 or 9.9?",
        thinking={"type": "adaptive"},
        output_config={"effort": "high"},
    )
    answer = await client.ask(body)
    kinds = [block["type"] for block in answer.content]
    wrong = (
        None if kinds == ["thinking", "text"] else f"the blocks were {', '.join(kinds) or 'none'}"
    )
    return judge("thinking", answer, wrong, f"{len(answer.thinking)} characters, then text")


async def tool_step(client: MessagesClient) -> Step:
    """Let the model read a file: its call, our result, its answer."""
    body = request(f"Read {FILE_PATH} and tell me what it says.", tools=[_READ_TOOL])
    first = await client.ask(body)
    if first.error or len(first.tool_calls) != 1:
        return judge("tool round trip", first, "the model did not call the tool", "")
    call = first.tool_calls[0]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": FILE_TEXT}
    body["messages"] += [
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    answer = await client.ask(body)
    answer.duration_ms += first.duration_ms
    right = call.input == {"file_path": FILE_PATH} and FILE_TEXT.strip() in answer.text
    wrong = None if right else "the answer does not quote the file"
    return judge("tool round trip", answer, wrong, f"{call.name} {call.input.get('file_path')}")


async def count_step(client: MessagesClient) -> Step:
    """Count the tokens of a request, as `/context` does."""
    body = request("How many tokens is this?")
    for key in ("max_tokens", "stream"):
        del body[key]
    try:
        tokens = await client.count_tokens(body)
    except (httpx.HTTPError, KeyError, ValueError) as err:
        return Step("count_tokens", False, f"not answered: {type(err).__name__}", None, 0.0)
    wrong = "" if 5 <= tokens <= 600 else ", which cannot be right"
    return Step("count_tokens", not wrong, f"{tokens} tokens{wrong}", None, 0.0)


STEPS: tuple[Callable[[MessagesClient], Awaitable[Step]], ...] = (
    text_step,
    thinking_step,
    tool_step,
    count_step,
)


async def run_session(client: MessagesClient) -> list[Step]:
    """Run all steps in order; one that fails does not stop the next."""
    return [await step(client) for step in STEPS]
