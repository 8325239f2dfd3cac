"""The second provider takes over, and the client does not notice."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    TOOLS,
    assistant,
    body,
    text,
    thinking,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.cases.tools import call
from scripts.conformance.expect import contains, equal, expect
from scripts.conformance.faults import provider_of
from scripts.conformance.registry import case
from scripts.conformance.reply import Reply
from scripts.conformance.sent import Sent

QUICK_MS = 3000


async def taken_over(bench: Bench, reply: Reply) -> tuple[Sent, Sent]:
    """Insist that the first provider failed, the other served, at once; return both requests."""
    entries = await bench.sent()
    first, last = entries[0], entries[-1]
    equal("provider asked first", first.provider, provider_of(bench.surface))
    expect(last.provider != first.provider, f"asked only {[sent.member for sent in entries]}")
    equal("status of the second", last.status, 200)
    expect(reply.duration_ms < QUICK_MS, f"it took {reply.duration_ms:.0f} ms")
    return first, last


@case("fallback", fallback=True, fault=True, twin=True)
async def from_a_rate_limit(bench: Bench) -> None:
    """A 429 of the first provider is answered by the second, without waiting."""
    await bench.fault("rate_limit", times=0)
    reply = await bench.ask(body("who are you"))
    first, _ = await taken_over(bench, reply)
    asked = [sent for sent in await bench.sent() if sent.provider == first.provider]
    expect(len(asked) <= 2, f"the first provider was asked {len(asked)} times")


@case("fallback", surfaces=("cerebras",), fallback=True, fault=True)
async def retry_after_is_not_waited_for(bench: Bench) -> None:
    """A `retry-after` of 58 s on the first provider delays nobody."""
    await bench.fault("rate_limit_long", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", fallback=True, fault=True, twin=True)
async def from_a_server_error(bench: Bench) -> None:
    """A 500 of the first provider is answered by the second."""
    await bench.fault("server_error", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", fallback=True, fault=True)
async def from_an_html_page(bench: Bench) -> None:
    """An HTML error page of the first provider's edge is answered by the second."""
    await bench.fault("edge_html", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", fallback=True, fault=True, twin=True)
async def from_a_lost_connection(bench: Bench) -> None:
    """A connection lost before the first content is answered by the second."""
    await bench.fault("reset_start", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", fallback=True, fault=True)
async def from_an_empty_stream(bench: Bench) -> None:
    """A stream that ends before the first content is answered by the second."""
    await bench.fault("eof_start", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", surfaces=("cerebras",), fallback=True, fault=True)
async def from_an_error_in_the_stream(bench: Bench) -> None:
    """An error object as the first thing in a stream is answered by the second."""
    await bench.fault("error_event_early", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", fallback=True, fault=True)
async def from_an_overload(bench: Bench) -> None:
    """An overloaded first provider is answered by the second."""
    await bench.fault("overloaded", times=0)
    await taken_over(bench, await bench.ask())


@case("fallback", fallback=True, fault=True)
async def for_the_clients_names(bench: Bench) -> None:
    """Fallback works for every name the client may ask for, not only for the configured one."""
    await bench.fault("rate_limit", times=0)
    for name in ("claude-opus-5-5", "claude-sonnet-5-5", "claude-3-5-sonnet-20241022"):
        reply = await bench.ask({**body("hi"), "model": name})
        equal("answer's model", reply.message.get("model"), name)
    expect((await bench.last()).provider != provider_of(bench.surface), "nobody took over")


@case("fallback", fallback=True, fault=True, twin=True)
async def name_is_kept(bench: Bench) -> None:
    """The answer of the second provider carries the name the client asked for."""
    await bench.fault("rate_limit", times=0)
    reply = await bench.ask()
    await taken_over(bench, reply)
    equal("model", reply.message.get("model"), bench.names.model)


@case("fallback", fallback=True, fault=True)
async def with_tools(bench: Bench) -> None:
    """A tool call of the second provider arrives like any other."""
    await bench.fault("rate_limit", times=0)
    await bench.say({"tool_calls": [call("Read", file_path="/a")]})
    reply = await bench.ask(body("go", tools=TOOLS))
    await taken_over(bench, reply)
    equal("input", reply.calls[0]["input"], {"file_path": "/a"})


@case("fallback", fallback=True, fault=True)
async def in_the_middle_of_a_session(bench: Bench) -> None:
    """A session with thinking, calls and results of the first provider goes on with the second."""
    turns = [
        user("go"),
        assistant(
            thinking("I look", "c2ln"),
            text("Reading."),
            tool_use("049d9b129", "Read", file_path="/a"),
        ),
        user(tool_result("049d9b129", "contents", is_error=True)),
    ]
    await bench.fault("rate_limit", times=0)
    reply = await bench.ask(
        body(*turns, tools=TOOLS, system="Be brief.", thinking={"type": "adaptive"})
    )
    _, second = await taken_over(bench, reply)
    contains("conversation", second.seen, "go", "Reading.", "contents")
    contains("system prompt", second.system, "Be brief.")


@case("fallback", fallback=True, fault=True)
async def sees_the_same(bench: Bench) -> None:
    """The second provider is sent the same system prompt and question as the first, each once."""
    await bench.fault("rate_limit", times=0)
    reply = await bench.ask(body("the question", system="The one rule."))
    first, second = await taken_over(bench, reply)
    equal("times the rule is in it", second.system.count("The one rule."), 1)
    equal("system prompt", second.system.strip(), first.system.strip())
    equal("question", second.user_text, first.user_text)


@case("fallback", fallback=True, fault=True)
async def after_thinking_only(bench: Bench) -> None:
    """A stream lost after some thinking, before any text, still ends in a valid answer or an honest error."""
    await bench.fault("reset_thinking", times=0)
    await bench.turn(think="always")
    reply = await bench.send(body("hi", thinking={"type": "adaptive"}))
    if reply.error is None:
        await bench.demand(reply)
    else:
        equal("last event", reply.events[-1].type, "error")


@case("fallback", fallback=True, fault=True)
async def both_are_out(bench: Bench) -> None:
    """When both providers refuse for their limits, the client gets one 429 with an honest message."""
    for scenario in ("CB-04", "ZA-01"):
        await bench.upstream.scenario(scenario, times=0)
    reply = await bench.refused(status=429, kind="rate_limit_error", direct=False)
    expect(reply.duration_ms < 10_000, f"it took {reply.duration_ms / 1000:.0f} s")


@case("fallback", fallback=True, fault=True)
async def back_to_the_first(bench: Bench) -> None:
    """Once the first provider is well again, it serves again."""
    await bench.fault("server_error")
    await bench.ask()
    await bench.recovered()
