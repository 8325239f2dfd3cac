"""A prompt that is too long: the wording that makes the client compact."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import body
from scripts.conformance.expect import equal, expect, matches
from scripts.conformance.registry import case
from scripts.conformance.reply import Reply

CANONICAL = r"prompt is too long: (\d+) tokens > (\d+) maximum"


def compacts(reply: Reply) -> tuple[int, int]:
    """Insist on the client's canonical wording at 400; return the two numbers in it."""
    equal("status", reply.status, 400)
    equal("type", reply.error_type, "invalid_request_error")
    found = matches("message", reply.error_message, CANONICAL)
    tokens, limit = int(found[1]), int(found[2])
    expect(tokens > limit > 1000, f"the numbers are {tokens} and {limit}")
    return tokens, limit


@case("overflow", fault=True)
async def as_a_stream(bench: Bench) -> None:
    """The provider's overflow arrives as 400 `prompt is too long: N tokens > M maximum`."""
    await bench.fault("overflow", times=0)
    compacts(await bench.refused())


@case("overflow", fault=True)
async def without_streaming(bench: Bench) -> None:
    """The same for a request without streaming."""
    await bench.fault("overflow", times=0)
    compacts(await bench.refused(stream=False))


@case("overflow", surfaces=("cerebras",), fault=True)
async def the_providers_numbers(bench: Bench) -> None:
    """The numbers in the wording are those the provider named."""
    await bench.fault("overflow", times=0, length=151_515, limit=131_072)
    equal("numbers", compacts(await bench.refused()), (151_515, 131_072))


@case("overflow", surfaces=("zai-openai", "zai-coding", "zai-anthropic"), fault=True)
async def both_wordings(bench: Bench) -> None:
    """Both wordings of Z.ai's code 1261 are understood."""
    for wording in ("new", "old"):
        await bench.turn(**{"guess.zai_prompt_too_long": wording})
        await bench.fault("overflow")
        compacts(await bench.refused())


@case("overflow", fault=True)
async def whole_chain(bench: Bench) -> None:
    """A prompt no member of the chain can hold ends in the same wording, not in a fallback error."""
    for scenario in ("CB-09", "ZA-05"):
        await bench.upstream.scenario(scenario, times=0)
    compacts(await bench.refused(direct=False))


@case("overflow", fault=True)
async def a_really_long_prompt(bench: Bench) -> None:
    """A prompt of 2.4 million characters, longer than the model's window, gets the same wording."""
    bench.refusals_expected = True
    words = "The quick brown fox jumps over the lazy dog. " * 53_000
    tokens, limit = compacts(await bench.refused(body(words)))
    expect(tokens > 400_000, f"it says {tokens} tokens > {limit}")


@case("overflow", fault=True)
async def is_quick(bench: Bench) -> None:
    """An overflow is told at once: it is not retried against the same provider."""
    await bench.fault("overflow", times=0)
    await bench.refused()
    equal("requests upstream", len(await bench.sent()), 1)
