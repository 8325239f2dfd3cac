"""`/v1/messages/count_tokens`: an estimate, quick and close."""

from __future__ import annotations

import asyncio
import time

from scripts.conformance.bench import COUNT_TOKENS, Bench
from scripts.conformance.builders import TOOLS, assistant, body, claude_body, image, text, user
from scripts.conformance.cases.usage import PROSE, input_of, prompt_of
from scripts.conformance.expect import equal, expect, within
from scripts.conformance.registry import case


@case("count_tokens")
async def answers_with_a_number(bench: Bench) -> None:
    """A request as `/context` sends it is answered with `input_tokens`."""
    expect(await bench.count(body("hello")) > 0, "it counts nothing")


@case("count_tokens")
async def grows_with_the_text(bench: Bench) -> None:
    """Twice the text is about twice the tokens."""
    one, two = await bench.count(body(PROSE)), await bench.count(body(PROSE * 2))
    within("twice the text", two, 2 * one, 0.1)


@case("count_tokens")
async def counts_tools(bench: Bench) -> None:
    """Tool definitions count."""
    plain, tools = await bench.count(body("hi")), await bench.count(body("hi", tools=TOOLS))
    expect(tools > plain + 100, f"{plain} tokens without tools, {tools} with six")


@case("count_tokens")
async def counts_the_system_prompt(bench: Bench) -> None:
    """The system prompt counts, as string and as blocks alike."""
    plain = await bench.count(body("hi"))
    string = await bench.count(body("hi", system=PROSE))
    blocks = await bench.count(body("hi", system=[text(PROSE)]))
    expect(string > plain + 1000, f"{plain} tokens without, {string} with a system prompt")
    within("as blocks", blocks, string, 0.02)


@case("count_tokens")
async def counts_the_history(bench: Bench) -> None:
    """Every turn counts, not only the last."""
    one = await bench.count(body(PROSE))
    three = await bench.count(body(PROSE, assistant(PROSE), PROSE))
    within("three turns", three, 3 * one, 0.1)


@case("count_tokens")
async def picture_is_not_its_base64(bench: Bench) -> None:
    """A picture counts as a picture, not as the length of its base64."""
    block = image(1200, 900)
    block["source"]["data"] += "A" * 400_000
    tokens = await bench.count(body(user(block, text("Look."))))
    expect(tokens < 10_000, f"one picture counts {tokens} tokens")


@case("count_tokens")
async def whole_client_request(bench: Bench) -> None:
    """A full request of the client, with everything it sends, can be counted."""
    request = claude_body(PROSE)
    request.pop("max_tokens")
    expect(await bench.count(request) > 1000, "it counts too little")


@case("count_tokens")
async def close_before_any_request(bench: Bench) -> None:
    """The first count is within 25 % of what the provider will count."""
    request = body(PROSE, system="Be brief.", tools=TOOLS)
    tokens = await bench.count(request)
    await bench.ask(request)
    within("count", tokens, prompt_of(await bench.last()), 0.25)


@case("count_tokens")
async def closer_after_twenty(bench: Bench) -> None:
    """After 20 requests the count is within 5 % of what the provider counts."""
    for number in range(20):
        await bench.ask(body(f"{number} {PROSE * (1 + number % 3)}", tools=TOOLS))
    request = body(PROSE * 2, system="Be brief.", tools=TOOLS)
    tokens = await bench.count(request)
    await bench.ask(request)
    within("count", tokens, prompt_of(await bench.last()), 0.05)


@case("count_tokens")
async def same_as_the_first_event(bench: Bench) -> None:
    """The count and the estimate in `message_start` are the same number, give or take 1 %."""
    request = body(PROSE, tools=TOOLS)
    tokens = await bench.count(request)
    reply = await bench.ask(request)
    within("count", tokens, input_of(reply.start_usage), 0.01)


@case("count_tokens")
async def burst_of_25(bench: Bench) -> None:
    """The client's burst of 25 counts at once is answered within two seconds."""
    started = time.perf_counter()
    requests = [body(f"part {number} {PROSE}", tools=TOOLS[:1]) for number in range(25)]
    counts = await asyncio.gather(*(bench.count(request) for request in requests))
    took = time.perf_counter() - started
    expect(min(counts) > 100, f"counts are {counts}")
    expect(took < 2.0, f"it took {took:.1f} s")


@case("count_tokens")
async def with_the_beta_header(bench: Bench) -> None:
    """The beta header of token counting changes nothing."""
    headers = {"anthropic-beta": "claude-code-20250219,token-counting-2024-11-01"}
    expect(await bench.count(body("hi"), **headers) > 0, "it counts nothing")


@case("count_tokens")
async def refuses_what_is_no_request(bench: Bench) -> None:
    """A body without messages is refused with an Anthropic error."""
    reply = await bench.gateway.send({"model": bench.names.model}, path=COUNT_TOKENS)
    equal("status", reply.status, 400)
    equal("type", reply.error_type, "invalid_request_error")
