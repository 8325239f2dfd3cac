"""The system prompt, and `role: system` entries between the messages."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    CACHE,
    READ,
    assistant,
    body,
    claude_body,
    claude_system,
    system_turn,
    text,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import CHAT, case


@case("system")
async def as_string(bench: Bench) -> None:
    """A system prompt given as a string reaches the model."""
    await bench.ask(body(system="Answer in haiku."))
    contains("system prompt", (await bench.last()).system, "Answer in haiku.")


@case("system")
async def as_blocks(bench: Bench) -> None:
    """All blocks of the system prompt reach the model in order."""
    await bench.ask(body(system=[text("first rule"), text("second rule"), text("third rule")]))
    contains("system", (await bench.last()).system, "first rule", "second rule", "third rule")


@case("system", surfaces=CHAT)
async def one_string_at_the_start(bench: Bench) -> None:
    """A chat provider gets one system message, first, as a string."""
    await bench.ask(body(system=[text("first rule"), text("second rule")]))
    messages = (await bench.last()).body["messages"]
    equal("first role", messages[0]["role"], "system")
    expect(isinstance(messages[0]["content"], str), "the system content is a list of parts")
    equal("system messages", [m["role"] for m in messages].count("system"), 1)


@case("system")
async def none(bench: Bench) -> None:
    """A request without a system prompt is served."""
    await bench.ask(body("hi"))


@case("system")
async def empty(bench: Bench) -> None:
    """An empty system prompt, as string or as list, is served."""
    await bench.ask(body(system=""))
    await bench.ask(body(system=[]))
    await bench.ask(body(system=[text("")]))


@case("system")
async def billing_line_removed(bench: Bench) -> None:
    """The client's attribution line, different in each conversation, never reaches the provider."""
    await bench.ask(body(system=claude_system("The prompt itself.")))
    sent = await bench.last()
    lacks("request", sent.text, "x-anthropic-billing-header", "cc_version", "cch=9c0f1")
    contains("system prompt", sent.system, "You are Claude Code", "The prompt itself.")


@case("system", surfaces=CHAT)
async def cache_marks_removed(bench: Bench) -> None:
    """`cache_control` on system, tools, blocks and results never reaches a chat provider."""
    marked = [tool_use("toolu_1", "Read", file_path="/a")]
    result = tool_result("toolu_1", [text("x", cache_control=CACHE)], cache_control=CACHE)
    request = claude_body(user(text("go", cache_control=CACHE)), assistant(*marked), user(result))
    request["tools"] = [{**READ, "cache_control": CACHE}]
    await bench.ask(request)
    lacks("request", (await bench.last()).text, "cache_control", "ephemeral")


@case("system")
async def between_messages(bench: Bench) -> None:
    """A `role: system` entry after the first question is kept, in its place, as something the model may read."""
    await bench.ask(body("the question", system_turn("the environment note"), system="the prompt"))
    sent = await bench.last()
    contains("conversation", sent.seen, "the question", "the environment note")
    lacks("system prompt", sent.system, "the environment note")


@case("system")
async def between_messages_as_blocks(bench: Bench) -> None:
    """A `role: system` entry made of blocks is kept with all of them."""
    entry = system_turn(text("skills: a, b"), text("agents: c"))
    await bench.ask(body("the question", entry, assistant("yes"), "more", system="the prompt"))
    contains("conversation", (await bench.last()).seen, "skills: a, b", "agents: c", "yes", "more")


@case("system")
async def after_a_tool_result(bench: Bench) -> None:
    """A `role: system` entry as the very last message, after a tool result, is served and kept."""
    call = assistant(tool_use("toolu_1", "Read", file_path="/a"))
    turns = ["go", call, user(tool_result("toolu_1", "contents")), system_turn("reminder: be kind")]
    await bench.ask(body(*turns, tools=[READ]))
    contains("conversation", (await bench.last()).seen, "contents", "reminder: be kind")


@case("system")
async def entry_keeps_the_call_and_result_together(bench: Bench) -> None:
    """A `role: system` entry between a call and its result does not part them."""
    call = assistant(tool_use("toolu_1", "Read", file_path="/a"))
    turns = ["go", call, system_turn("a note"), user(tool_result("toolu_1", "contents"))]
    await bench.ask(body(*turns, tools=[READ]))
    sent = await bench.last()
    contains("conversation", sent.seen, "contents")
    contains("conversation", sent.seen, "a note")
    equal("results", len(sent.results), 1)


@case("system")
async def with_turn_settings(bench: Bench) -> None:
    """A `role: system` entry that carries `output_config` is served, the setting is not passed on."""
    entry = {**system_turn("a note"), "output_config": {"effort": "low"}}
    await bench.ask(body("go", entry))
    sent = await bench.last()
    contains("conversation", sent.seen, "a note")
    if bench.chat:
        lacks("request", sent.text, "output_config")


@case("system")
async def same_start_in_each_conversation(bench: Bench) -> None:
    """Two conversations that differ in the attribution line alone begin with the same bytes."""
    first, second = claude_system("The prompt."), claude_system("The prompt.")
    second[0] = text(first[0]["text"].replace("9c0f1", "77aa0").replace("4e1", "0b2"))
    await bench.ask(body(system=first))
    await bench.ask(body(system=second))
    one, two = await bench.sent()
    equal("the second system prompt", two.system, one.system)
    equal("the second messages", two.body["messages"], one.body["messages"])


@case("system")
async def long_prompt(bench: Bench) -> None:
    """A system prompt of 141,000 characters, the size of the auto-mode classifier's, arrives whole."""
    prompt = "".join(f"{number:05d} rule\n" for number in range(12_000))[:141_000]
    await bench.ask(body(system=[text(prompt)]))
    expect(prompt in (await bench.last()).system, "the prompt did not arrive whole")
