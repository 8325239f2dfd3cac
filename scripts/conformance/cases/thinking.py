"""Thinking: switched on and off, streamed back, replayed in the history."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    FOREIGN_SIGNATURE,
    READ,
    assistant,
    body,
    text,
    thinking,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import CHAT, case

ADAPTIVE = {"type": "adaptive", "display": "omitted"}
THOUGHT = "First I look.\n\nThen I answer: 東京 🦊."


@case("thinking", twin=True)
async def then_text(bench: Bench) -> None:
    """Thinking arrives as a block of its own, closed before the text opens."""
    await bench.say({"thinking": THOUGHT, "text": "The answer."})
    reply = await bench.ask(body(thinking=ADAPTIVE))
    equal("kinds of blocks", reply.kinds, ["thinking", "text"])
    equal("thinking", reply.thinking, THOUGHT)
    equal("text", reply.text, "The answer.")


@case("thinking", twin=True)
async def then_tool_call(bench: Bench) -> None:
    """Thinking goes before a tool call, in blocks of their own."""
    call = {"name": "Read", "arguments": {"file_path": "/a"}}
    await bench.say({"thinking": THOUGHT, "tool_calls": [call]})
    reply = await bench.ask(body(thinking=ADAPTIVE, tools=[READ]))
    equal("kinds of blocks", reply.kinds, ["thinking", "tool_use"])
    equal("input", reply.calls[0]["input"], {"file_path": "/a"})


@case("thinking", twin=True)
async def then_text_then_call(bench: Bench) -> None:
    """Thinking, text and a tool call come as three blocks in this order."""
    call = {"name": "Read", "arguments": {"file_path": "/a"}}
    await bench.say({"thinking": THOUGHT, "text": "I read it.", "tool_calls": [call]})
    reply = await bench.ask(body(thinking=ADAPTIVE, tools=[READ]))
    equal("kinds of blocks", reply.kinds, ["thinking", "text", "tool_use"])


@case("thinking", surfaces=("cerebras",))
async def one_chunk_carries_both(bench: Bench) -> None:
    """A provider chunk with the last thought and the first word closes thinking before text opens."""
    await bench.turn(changeover="joined")
    await bench.say({"thinking": THOUGHT, "text": "The answer is long enough."})
    reply = await bench.ask(body(thinking=ADAPTIVE))
    equal("kinds of blocks", reply.kinds, ["thinking", "text"])
    equal("thinking", reply.thinking, THOUGHT)
    equal("text", reply.text, "The answer is long enough.")


@case("thinking", surfaces=("cerebras",))
async def one_chunk_carries_one(bench: Bench) -> None:
    """A provider that never mixes thought and word in one chunk gives the same blocks."""
    await bench.turn(changeover="separate")
    await bench.say({"thinking": THOUGHT, "text": "The answer."})
    equal("kinds of blocks", (await bench.ask(body(thinking=ADAPTIVE))).kinds, ["thinking", "text"])


@case("thinking")
async def has_a_signature(bench: Bench) -> None:
    """Every thinking block carries a signature string that the client can replay."""
    await bench.say({"thinking": THOUGHT, "text": "Done."})
    block = (await bench.ask(body(thinking=ADAPTIVE))).content[0]
    equal("type of the first block", block.get("type"), "thinking")
    expect(isinstance(block.get("signature"), str), "the thinking block has no signature")


@case("thinking")
async def adaptive_is_on(bench: Bench) -> None:
    """`thinking: adaptive`, which no provider knows, leaves thinking on and is never passed on as it is."""
    await bench.ask(body(thinking=ADAPTIVE, output_config={"effort": "high"}))
    expect(not (await bench.last()).thinking_off, "the model is told not to think")
    if bench.chat:
        lacks("request", (await bench.last()).text, "adaptive", "display", "output_config")


@case("thinking")
async def budget_is_on(bench: Bench) -> None:
    """`thinking: enabled` with a budget leaves thinking on; the budget is not passed on as it is."""
    await bench.ask(body(thinking={"type": "enabled", "budget_tokens": 31999}))
    expect(not (await bench.last()).thinking_off, "the model is told not to think")
    if bench.chat:
        lacks("request", (await bench.last()).text, "budget_tokens")


@case("thinking")
async def disabled_is_off(bench: Bench) -> None:
    """`thinking: disabled` reaches the provider in its own terms."""
    reply = await bench.ask(body(thinking={"type": "disabled"}, temperature=1))
    expect((await bench.last()).thinking_off, "the model is not told")
    equal("thinking", reply.thinking, "")


@case("thinking")
async def every_effort_is_served(bench: Bench) -> None:
    """Each effort from low to max becomes one that the model takes."""
    for effort in ("low", "medium", "high", "xhigh", "max"):
        await bench.ask(body(thinking=ADAPTIVE, output_config={"effort": effort}))


@case("thinking")
async def effort_without_thinking(bench: Bench) -> None:
    """An effort without a thinking field, as side requests send it, is served."""
    await bench.ask(body(output_config={"effort": "low"}))


@case("thinking")
async def history_is_replayed(bench: Bench) -> None:
    """A history with thinking in it is served, and its text is kept; the second turn breaks naive gateways."""
    turns = ["one", assistant(thinking(THOUGHT), text("two")), "three"]
    await bench.ask(body(*turns, thinking=ADAPTIVE))
    contains("conversation", (await bench.last()).seen, "one", "two", "three")


@case("thinking")
async def history_reaches_the_model(bench: Bench) -> None:
    """Earlier thinking of this provider reaches a model that reads it."""
    await bench.say({"thinking": THOUGHT, "text": "two"})
    reply = await bench.ask(body("one", thinking=ADAPTIVE))
    await bench.ask(
        body("one", {"role": "assistant", "content": reply.content}, "three", thinking=ADAPTIVE)
    )
    assistants = [turn for turn in (await bench.last()).turns if turn.role == "assistant"]
    expect(assistants, "the assistant's turn is gone")
    found = assistants[0].thinking or assistants[0].text
    contains("the assistant's turn", found, "First I look.")


@case("thinking", surfaces=CHAT)
async def foreign_fields_stay_away(bench: Bench) -> None:
    """`thinking_blocks`, signatures and `thinking` objects never reach a chat provider's messages."""
    turns = ["one", assistant(thinking(THOUGHT, FOREIGN_SIGNATURE), text("two")), "three"]
    await bench.ask(body(*turns, thinking=ADAPTIVE))
    sent = await bench.last()
    lacks("request", sent.text, "thinking_blocks", "signature", FOREIGN_SIGNATURE)
    if bench.surface == "cerebras":
        lacks("request", sent.text, "reasoning_content")


@case("thinking")
async def foreign_signature(bench: Bench) -> None:
    """A thinking block signed by another provider is served, and its signature goes no further."""
    turns = ["one", assistant(thinking(THOUGHT, FOREIGN_SIGNATURE), text("two")), "three"]
    await bench.ask(body(*turns, thinking=ADAPTIVE))
    sent = await bench.last()
    lacks("request", sent.text, FOREIGN_SIGNATURE)
    contains("conversation", sent.seen, "one", "two", "three")


@case("thinking")
async def redacted(bench: Bench) -> None:
    """A redacted thinking block, which only its maker can read, is left out; the rest is kept."""
    block = {"type": "redacted_thinking", "data": FOREIGN_SIGNATURE}
    await bench.ask(body("one", assistant(block, text("two")), "three", thinking=ADAPTIVE))
    sent = await bench.last()
    lacks("request", sent.text, FOREIGN_SIGNATURE)
    contains("conversation", sent.seen, "one", "two", "three")


@case("thinking")
async def only_thinking_in_a_turn(bench: Bench) -> None:
    """An assistant turn that holds nothing but thinking is made valid."""
    turns = ["one", assistant(thinking(THOUGHT)), "three"]
    await bench.ask(body(*turns, thinking=ADAPTIVE))
    contains("conversation", (await bench.last()).seen, "one", "three")


@case("thinking")
async def between_tool_calls(bench: Bench) -> None:
    """Interleaved thinking, call, result, thinking, call, result is served with calls and results in order."""
    turns = [
        user("go"),
        assistant(thinking("look at a"), tool_use("toolu_1", "Read", file_path="/a")),
        user(tool_result("toolu_1", "A")),
        assistant(thinking("now b"), tool_use("toolu_2", "Read", file_path="/b")),
        user(tool_result("toolu_2", "B")),
    ]
    await bench.ask(body(*turns, tools=[READ], thinking=ADAPTIVE))
    sent = await bench.last()
    equal("calls", [call[2] for call in sent.calls], [{"file_path": "/a"}, {"file_path": "/b"}])
    equal("results", [turn.text for turn in sent.results], ["A", "B"])


@case("thinking")
async def history_without_thinking_now(bench: Bench) -> None:
    """A history with thinking is served when thinking is switched off for this request."""
    turns = ["one", assistant(thinking(THOUGHT, "c2ln"), text("two")), "three"]
    await bench.ask(body(*turns, thinking={"type": "disabled"}))
    await bench.ask(body(*turns))
