"""Token counts: the client's context display and its own compaction live on them."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import TOOLS, body, text, user
from scripts.conformance.cases.tools import call
from scripts.conformance.expect import equal, expect, within
from scripts.conformance.registry import case
from scripts.conformance.reply import Json
from scripts.conformance.sent import Sent

PROSE = "The quick brown fox jumps over the lazy dog while seven wizards brew tea. " * 120


def input_of(usage: Json) -> int:
    """Return all input tokens as the client adds them up."""
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return sum(usage.get(name) or 0 for name in names)


def prompt_of(sent: Sent) -> int:
    """Return the prompt tokens the provider counted."""
    return int(sent.entry["prompt_tokens"])


@case("usage", twin=True)
async def exact_at_the_end(bench: Bench) -> None:
    """The final counts are the provider's own, input and output."""
    reply = await bench.ask(body(PROSE))
    sent = await bench.last()
    equal("input tokens", input_of(reply.usage), prompt_of(sent))
    equal("output tokens", reply.usage.get("output_tokens"), sent.entry["completion_tokens"])


@case("usage", twin=True)
async def thinking_counts_as_output(bench: Bench) -> None:
    """Thinking tokens are part of the output count, once."""
    await bench.say({"thinking": "one two three four " * 30, "text": "Done."})
    reply = await bench.ask(body(thinking={"type": "adaptive"}))
    wanted = (await bench.last()).entry["completion_tokens"]
    equal("output tokens", reply.usage.get("output_tokens"), wanted)


@case("usage", twin=True)
async def tool_calls_count(bench: Bench) -> None:
    """An answer of tool calls alone has its output counted."""
    await bench.say({"tool_calls": [call("Read", file_path="/a")]})
    reply = await bench.ask(body(tools=TOOLS))
    wanted = (await bench.last()).entry["completion_tokens"]
    equal("output tokens", reply.usage.get("output_tokens"), wanted)


@case("usage", twin=True)
async def cached_tokens_once(bench: Bench) -> None:
    """Cached tokens are told apart from fresh ones and not counted twice."""
    request = body(PROSE, system="Be brief.")
    await bench.ask(request)
    reply = await bench.ask(request)
    sent = await bench.last()
    cached = sent.entry["cached_tokens"]
    expect(cached > 0, "the provider cached nothing: the request was not the same twice")
    equal("cache_read_input_tokens", reply.usage.get("cache_read_input_tokens"), cached)
    equal("input_tokens", reply.usage.get("input_tokens"), prompt_of(sent) - cached)


@case("usage")
async def estimate_from_the_first_event(bench: Bench) -> None:
    """`message_start` already carries an estimate of the input, within 25 %."""
    reply = await bench.ask(body(PROSE, tools=TOOLS))
    within(
        "estimate in message_start",
        input_of(reply.start_usage),
        prompt_of(await bench.last()),
        0.25,
    )


@case("usage")
async def estimate_grows(bench: Bench) -> None:
    """The estimate in `message_start` grows with the prompt."""
    small = await bench.ask(body("hi"))
    large = await bench.ask(body(PROSE * 20))
    first, second = input_of(small.start_usage), input_of(large.start_usage)
    expect(second > first + 10_000, f"{first} tokens for a word, {second} for 180,000 characters")


@case("usage")
async def shape_of_the_first(bench: Bench) -> None:
    """`message_start` has usage with input and output counts as numbers."""
    usage = (await bench.ask()).start_usage
    for name in ("input_tokens", "output_tokens"):
        expect(isinstance(usage.get(name), int), f"{name} is {usage.get(name)!r}")


@case("usage")
async def never_negative(bench: Bench) -> None:
    """No count is negative, also when nearly all of the prompt is cached."""
    request = body(user(text(PROSE), text("go")))
    for _ in range(3):
        reply = await bench.ask(request)
        counts = [value for value in reply.usage.values() if isinstance(value, int)]
        expect(min(counts) >= 0, f"counts are {reply.usage}")
