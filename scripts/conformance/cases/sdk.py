"""Anthropic's own Python SDK as the client."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import anthropic
from anthropic.types import MessageParam, ToolParam

from scripts.conformance.bench import Bench
from scripts.conformance.builders import BASH, READ
from scripts.conformance.cases.tools import call
from scripts.conformance.expect import CaseFailed, equal, expect
from scripts.conformance.registry import case

HELLO: list[MessageParam] = [{"role": "user", "content": "Say hi."}]
TOOLS = cast("list[ToolParam]", [READ, BASH])


@asynccontextmanager
async def client(bench: Bench) -> AsyncGenerator[anthropic.AsyncAnthropic]:
    """Hand out a client of the SDK for the gateway under test; it does not retry."""
    made = anthropic.AsyncAnthropic(
        base_url=bench.gateway.url, auth_token=bench.gateway.token, max_retries=0, timeout=30.0
    )
    try:
        yield made
    finally:
        await made.close()


@case("SDK")
async def create(bench: Bench) -> None:
    """`messages.create` returns a typed message."""
    await bench.say({"text": "Hello."})
    async with client(bench) as sdk:
        message = await sdk.messages.create(model=bench.names.model, max_tokens=100, messages=HELLO)
    equal("kinds of blocks", [block.type for block in message.content], ["text"])
    expect(message.usage.output_tokens > 0, "no output tokens")


@case("SDK")
async def stream(bench: Bench) -> None:
    """`messages.stream` accumulates thinking, text and a call to the message that was said."""
    await bench.say(
        {"thinking": "Hm.", "text": "Reading.", "tool_calls": [call("Read", file_path="/a")]}
    )
    async with (
        client(bench) as sdk,
        sdk.messages.stream(
            model=bench.names.model, max_tokens=9000, messages=HELLO, tools=TOOLS
        ) as events,
    ):
        texts = [piece async for piece in events.text_stream]
        message = await events.get_final_message()
    equal("text", "".join(texts), "Reading.")
    calls = [block for block in message.content if block.type == "tool_use"]
    equal("input", [block.input for block in calls], [{"file_path": "/a"}])
    equal("stop_reason", message.stop_reason, "tool_use")


@case("SDK")
async def tool_loop(bench: Bench) -> None:
    """A streaming tool loop of three rounds ends in a text."""
    await bench.say(
        {"tool_calls": [call("Read", file_path="/a")]},
        {"tool_calls": [call("Bash", command="ls"), call("Read", file_path="/b")]},
        {"text": "All read."},
    )
    turns = list(HELLO)
    said: list[str] = []
    async with client(bench) as sdk:
        for _ in range(3):
            async with sdk.messages.stream(
                model=bench.names.model, max_tokens=9000, messages=turns, tools=TOOLS
            ) as events:
                message = await events.get_final_message()
            said = [block.text for block in message.content if block.type == "text"]
            turns.append({"role": "assistant", "content": message.content})
            results = [
                {"type": "tool_result", "tool_use_id": block.id, "content": "ok"}
                for block in message.content
                if block.type == "tool_use"
            ]
            turns.append(cast("MessageParam", {"role": "user", "content": results or "go on"}))
    equal("last text", said, ["All read."])


@case("SDK")
async def count_tokens(bench: Bench) -> None:
    """`messages.count_tokens` returns a number."""
    async with client(bench) as sdk:
        count = await sdk.messages.count_tokens(model=bench.names.model, messages=HELLO)
    expect(count.input_tokens > 0, "it counts nothing")


@case("SDK", fault=True)
async def rate_limit_class(bench: Bench) -> None:
    """A 429 of the provider is the SDK's `RateLimitError`."""
    await bench.fault("rate_limit", times=0)
    async with client(bench) as sdk:
        try:
            await sdk.messages.create(model=bench.names.direct, max_tokens=100, messages=HELLO)
        except anthropic.RateLimitError as err:
            expect(err.status_code == 429, f"status is {err.status_code}")
            return
    raise CaseFailed("it was answered")


@case("SDK")
async def authentication_class(bench: Bench) -> None:
    """A wrong token is the SDK's `AuthenticationError`."""
    wrong = anthropic.AsyncAnthropic(
        base_url=bench.gateway.url,
        auth_token="not-the-token",  # noqa: S106 - wrong on purpose
        max_retries=0,
    )
    try:
        await wrong.messages.create(model=bench.names.model, max_tokens=100, messages=HELLO)
    except anthropic.AuthenticationError:
        return
    finally:
        await wrong.close()
    raise CaseFailed("it was answered")
