"""`/v1/chat/completions` for the other tools a user points at the same gateway."""

from __future__ import annotations

import json
from typing import Any

from scripts.conformance.bench import Bench
from scripts.conformance.cases.tools import call
from scripts.conformance.expect import contains, equal, expect
from scripts.conformance.registry import case
from scripts.conformance.reply import Json, Reply

PATH = "/v1/chat/completions"
TOOL: Json = {
    "type": "function",
    "function": {
        "name": "Read",
        "description": "Reads a file.",
        "parameters": {
            "type": "object",
            "properties": {"file_path": {"type": "string"}},
            "required": ["file_path"],
        },
    },
}


async def chat(bench: Bench, *messages: Json, **fields: Any) -> Reply:
    """Send a chat completion and insist on status 200."""
    bench.any_surface = True
    turns = list(messages) or [{"role": "user", "content": "Say hi."}]
    request = {"model": bench.names.model, "messages": turns, **fields}
    reply = await bench.gateway.send(request, path=PATH)
    equal("status", reply.status, 200)
    return reply


def joined(reply: Reply, field: str) -> str:
    """Return a delta's field over all chunks of a stream."""
    deltas = [
        choice["delta"] for e in reply.events if e.data for choice in e.data.get("choices", [])
    ]
    return "".join(delta.get(field) or "" for delta in deltas)


@case("OpenAI endpoint")
async def whole_answer(bench: Bench) -> None:
    """A whole chat completion has its text, finish reason and usage."""
    await bench.say({"text": "Hello there."})
    choice = (await chat(bench)).document["choices"][0]
    equal("text", choice["message"]["content"], "Hello there.")
    equal("finish reason", choice["finish_reason"], "stop")


@case("OpenAI endpoint")
async def streamed_answer(bench: Bench) -> None:
    """A streamed chat completion carries the text in chunks and ends with `[DONE]`."""
    await bench.say({"text": "Hello there, 東京."})
    reply = await chat(bench, stream=True)
    equal("text", joined(reply, "content"), "Hello there, 東京.")
    equal("last line", reply.events[-1].text, "[DONE]")


@case("OpenAI endpoint")
async def tool_round_trip(bench: Bench) -> None:
    """A tool call and its result go both ways."""
    await bench.say({"tool_calls": [call("Read", file_path="/a")]}, {"text": "It says A."})
    ask: Json = {"role": "user", "content": "read /a"}
    message = (await chat(bench, ask, tools=[TOOL])).document["choices"][0]["message"]
    made = message["tool_calls"][0]
    equal("arguments", json.loads(made["function"]["arguments"]), {"file_path": "/a"})
    said: Json = {"role": "assistant", "content": None, "tool_calls": [made]}
    result: Json = {"role": "tool", "tool_call_id": made["id"], "content": "A"}
    answer = await chat(bench, ask, said, result, tools=[TOOL])
    equal("text", answer.document["choices"][0]["message"]["content"], "It says A.")
    contains("conversation", (await bench.last()).seen, "read /a", "A")


@case("OpenAI endpoint")
async def system_message(bench: Bench) -> None:
    """A system message reaches the model."""
    system: Json = {"role": "system", "content": "Be brief."}
    await chat(bench, system, {"role": "user", "content": "hi"}, max_tokens=50)
    contains("system prompt", (await bench.last()).system, "Be brief.")


@case("OpenAI endpoint")
async def wrong_token(bench: Bench) -> None:
    """A wrong token is refused with 401."""
    request = {"model": bench.names.model, "messages": [{"role": "user", "content": "hi"}]}
    headers = {"authorization": "Bearer wrong"}
    reply = await bench.gateway.send(request, path=PATH, headers=headers)
    equal("status", reply.status, 401)
    expect(reply.error_message, "there is no message")
