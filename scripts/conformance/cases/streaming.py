"""The shape and the timing of a stream."""

from __future__ import annotations

import asyncio
import itertools
import time

from scripts.conformance.bench import Bench
from scripts.conformance.builders import TOOLS, body
from scripts.conformance.cases.tools import NESTED, call
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import case
from scripts.conformance.reply import Reply

THINKING = {"type": "adaptive"}
EVERYTHING = {
    "thinking": "I look, 東京.",
    "text": "Grüße 🦊, I read.",
    "tool_calls": [call("Read", file_path="/ä"), call("Configure", **NESTED)],
}


def types(reply: Reply) -> list[str]:
    """Return the event types of a stream without pings."""
    return [event.type for event in reply.events if event.type != "ping"]


async def everything(bench: Bench) -> Reply:
    """Ask for thinking, text and two calls, check that all came, return the answer."""
    await bench.say(EVERYTHING)
    reply = await bench.ask(body(tools=TOOLS, thinking=THINKING))
    equal("kinds of blocks", reply.kinds, ["thinking", "text", "tool_use", "tool_use"])
    equal("text", reply.text, EVERYTHING["text"])
    equal("thinking", reply.thinking, EVERYTHING["thinking"])
    equal("inputs", [b["input"] for b in reply.calls], [{"file_path": "/ä"}, NESTED])
    return reply


@case("streaming")
async def event_order(bench: Bench) -> None:
    """Events come as start, blocks one after the other with dense indexes, delta, stop."""
    reply = await everything(bench)
    seen = types(reply)
    equal("first event", seen[0], "message_start")
    equal("last events", seen[-2:], ["message_delta", "message_stop"])
    starts = [e.data["index"] for e in reply.events if e.data and e.type == "content_block_start"]
    equal("block indexes", starts, [0, 1, 2, 3])


@case("streaming")
async def media_type(bench: Bench) -> None:
    """A stream is announced as `text/event-stream`."""
    reply = await bench.ask()
    contains("content-type", reply.headers.get("content-type", ""), "text/event-stream")


@case("streaming")
async def no_done_mark(bench: Bench) -> None:
    """OpenAI's `[DONE]` is not passed on."""
    lacks("stream", (await bench.ask()).body.decode(), "[DONE]")


@case("streaming")
async def message_start(bench: Bench) -> None:
    """`message_start` has a fresh `msg_` id, the assistant's role, no content and no stop reason."""
    starts = [(await bench.ask()).events for _ in range(2)]
    messages = [
        next(e.data["message"] for e in events if e.data and e.type == "message_start")
        for events in starts
    ]
    for message in messages:
        equal("role", message["role"], "assistant")
        equal("content", message["content"], [])
        equal("stop_reason", message["stop_reason"], None)
        expect(str(message["id"]).startswith("msg_"), f"the id is {message['id']}")
    expect(messages[0]["id"] != messages[1]["id"], "two answers have one id")


@case("streaming")
async def split_into_bytes(bench: Bench) -> None:
    """A provider that writes single bytes gives the same answer."""
    await bench.turn(split="byte")
    await everything(bench)


@case("streaming")
async def split_inside_characters(bench: Bench) -> None:
    """A provider that cuts inside multi-byte characters gives the same answer."""
    await bench.turn(split="mid_utf8")
    await everything(bench)


@case("streaming")
async def many_events_in_one_write(bench: Bench) -> None:
    """A provider that writes many events at once gives the same answer."""
    await bench.turn(split="coalesce")
    await everything(bench)


@case("streaming")
async def two_thousand_tokens(bench: Bench) -> None:
    """An answer of 2,000 tokens as fast as the provider can write it arrives whole."""
    reply = await bench.ask(body("tokens:2000 mark:abc"))
    expect(reply.text.count("mark:abc") > 5, "the text is not what the model wrote")
    equal("output tokens", reply.usage.get("output_tokens"), 2000)


@case("streaming", slow=True)
async def really_streams(bench: Bench) -> None:
    """The first words arrive while the provider is still writing."""
    await bench.turn(chunk_delay_ms=30)
    reply = await bench.ask(body("tokens:60"))
    firsts = [event.at_ms for event in reply.events if event.type == "content_block_delta"]
    share = firsts[0] / reply.duration_ms
    expect(share < 0.5, f"the first words came after {share:.0%} of the time")
    expect(len(firsts) > 5, f"60 tokens over 2 s came in {len(firsts)} pieces")


@case("streaming")
async def client_goes_away(bench: Bench) -> None:
    """When the client leaves, the provider's stream is closed within a second."""
    await bench.turn(chunk_delay_ms=20)
    made = bench.complete(body("tokens:2000"), stream=True)
    async with bench.gateway.open(made) as response:
        async for chunk in response.aiter_bytes():
            if b"content_block_delta" in chunk:
                break
    deadline = time.monotonic() + 1.0
    entries = await bench.upstream.log_now()
    while not entries[-1].finished and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
        entries = await bench.upstream.log_now()
    expect(entries[-1].closed_early, "the provider is still writing after a second")


@case("streaming", slow=True)
async def ping_before_the_first_byte(bench: Bench) -> None:
    """A provider silent for 18 s at the start does not leave the client without a sign of life."""
    await bench.say({"text": "At last.", "delay_ms": 18_000})
    reply = await bench.ask()
    equal("text", reply.text, "At last.")
    early = [event for event in reply.events if event.at_ms < 17_000]
    expect(early, "nothing came for 17 s")
    expect(any(event.type == "ping" for event in early), "no ping event")


@case("streaming", slow=True)
async def ping_in_the_middle(bench: Bench) -> None:
    """A provider silent for 18 s in the middle of its answer is bridged by pings."""
    await bench.turn(chunk_delay_ms=18_000)
    await bench.say({"text": "word"})
    reply = await asyncio.wait_for(bench.ask(), timeout=110)
    equal("text", reply.text, "word")
    times = [0.0, *(event.at_ms for event in reply.events)]
    gap = max(after - before for before, after in itertools.pairwise(times))
    expect(gap < 17_000, f"nothing came for {gap / 1000:.0f} s")
