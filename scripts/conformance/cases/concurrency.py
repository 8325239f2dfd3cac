"""Many requests at once: nothing lost, nothing mixed up."""

from __future__ import annotations

import asyncio

from scripts.conformance.bench import Bench
from scripts.conformance.builders import TOOLS, body
from scripts.conformance.expect import equal, expect
from scripts.conformance.registry import case
from scripts.conformance.reply import Reply


async def marked(bench: Bench, number: int, *, stream: bool = True, tokens: int = 200) -> Reply:
    """Ask for a text full of this request's own mark and insist that it has no other."""
    reply = await bench.ask(body(f"tokens:{tokens} mark:request-{number}-"), stream=stream)
    own = f"mark:request-{number}-"
    expect(own in reply.text, f"request {number} got somebody else's text: {reply.text[:80]!r}")
    equal(f"marks in answer {number}", reply.text.count("mark:"), reply.text.count(own))
    return reply


@case("concurrency")
async def twenty_streams(bench: Bench) -> None:
    """Twenty streams at once each carry their own text, complete."""
    await bench.turn(zai_concurrency=0)
    await asyncio.gather(*(marked(bench, number) for number in range(20)))


@case("concurrency")
async def slow_and_fast_streams(bench: Bench) -> None:
    """A short answer is not held up by long ones that are under way."""
    await bench.turn(zai_concurrency=0, tokens_per_s=400)
    long = [asyncio.create_task(marked(bench, n, tokens=800)) for n in range(5)]
    await asyncio.sleep(0.3)
    short = await marked(bench, 99, tokens=20)
    expect(short.duration_ms < 1500, f"the short one took {short.duration_ms:.0f} ms")
    await asyncio.gather(*long)


@case("concurrency")
async def streams_and_whole_answers(bench: Bench) -> None:
    """Streams and whole answers at the same time do not disturb each other."""
    await bench.turn(zai_concurrency=0)
    await asyncio.gather(*(marked(bench, n, stream=bool(n % 2)) for n in range(16)))


@case("concurrency")
async def calls_at_the_same_time(bench: Bench) -> None:
    """Tool calls of ten parallel subagents keep their own inputs and unique ids."""
    await bench.turn(zai_concurrency=0)

    async def one(number: int) -> str:
        prompt = f'call Read {{"file_path": "/{number}"}}'
        reply = await bench.ask(body(prompt, tools=TOOLS))
        equal("input", reply.calls[0]["input"], {"file_path": f"/{number}"})
        return str(reply.calls[0]["id"])

    ids = await asyncio.gather(*(one(number) for number in range(10)))
    equal("different ids", len(set(ids)), 10)


@case("concurrency")
async def one_leaves(bench: Bench) -> None:
    """A client that leaves in the middle does not disturb the others."""
    await bench.turn(zai_concurrency=0, tokens_per_s=400)
    others = [asyncio.create_task(marked(bench, n, tokens=300)) for n in range(4)]
    made = bench.complete(body("tokens:2000 mark:gone-"), stream=True)
    async with bench.gateway.open(made) as response:
        async for chunk in response.aiter_bytes():
            if b"gone-" in chunk:
                break
    await asyncio.gather(*others)


@case("concurrency")
async def message_ids_differ(bench: Bench) -> None:
    """Ten answers at once have ten different message ids."""
    await bench.turn(zai_concurrency=0)
    replies = await asyncio.gather(*(bench.ask(body(f"hi {n}")) for n in range(10)))
    equal("different ids", len({reply.message["id"] for reply in replies}), 10)
