"""Several tool calls in one answer."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import TOOLS, assistant, body, tool_result, tool_use, user
from scripts.conformance.cases.tools import NESTED, call
from scripts.conformance.expect import contains, equal, expect
from scripts.conformance.registry import CHAT, case
from scripts.conformance.reply import Json, Reply

TWO = [call("Read", file_path="/a"), call("Bash", command="ls | wc -l")]
INPUTS = [{"file_path": "/a"}, {"command": "ls | wc -l"}]


def inputs(reply: Reply) -> list[Json]:
    """Return the inputs of the calls in order."""
    return [block["input"] for block in reply.calls]


@case("parallel tools", twin=True)
async def two_calls(bench: Bench) -> None:
    """Two calls arrive as two blocks, each with its own input and id."""
    await bench.say({"tool_calls": TWO})
    reply = await bench.ask(body(tools=TOOLS))
    equal("names", [block["name"] for block in reply.calls], ["Read", "Bash"])
    equal("inputs", inputs(reply), INPUTS)


@case("parallel tools", surfaces=CHAT)
async def two_calls_in_one_chunk(bench: Bench) -> None:
    """Two calls in one provider chunk arrive as two valid blocks, not as one with doubled JSON."""
    await bench.turn(**{"guess.tool_calls_in_one_chunk": True})
    await bench.say({"tool_calls": TWO})
    equal("inputs", inputs(await bench.ask(body(tools=TOOLS))), INPUTS)


@case("parallel tools")
async def two_calls_in_fragments(bench: Bench) -> None:
    """Two calls whose arguments come in fragments keep their fragments apart."""
    await bench.turn(tool_args="fragments")
    await bench.say({"tool_calls": [call("Configure", **NESTED), *TWO]})
    equal("inputs", inputs(await bench.ask(body(tools=TOOLS))), [NESTED, *INPUTS])


@case("parallel tools", surfaces=("zai-openai", "zai-coding"))
async def bare_fragments(bench: Bench) -> None:
    """Fragments that repeat all keys, or none, give the same blocks."""
    await bench.turn(tool_args="fragments")
    for keys in ("few", "all"):
        await bench.turn(**{"guess.zai_fragment_keys": keys})
        await bench.say({"tool_calls": TWO})
        equal(f"inputs ({keys})", inputs(await bench.ask(body(tools=TOOLS))), INPUTS)


@case("parallel tools", twin=True)
async def seven_calls(bench: Bench) -> None:
    """Seven calls after some text arrive in order."""
    calls = [call("Read", file_path=f"/{number}") for number in range(7)]
    await bench.say({"text": "Reading all.", "tool_calls": calls})
    reply = await bench.ask(body(tools=TOOLS))
    equal("kinds of blocks", reply.kinds, ["text", *["tool_use"] * 7])
    equal("files", [i["file_path"] for i in inputs(reply)], [f"/{number}" for number in range(7)])


@case("parallel tools", twin=True)
async def same_call_twice(bench: Bench) -> None:
    """The same call made twice in one answer stays two calls."""
    await bench.say({"tool_calls": [call("Bash", command="date")] * 2})
    reply = await bench.ask(body(tools=TOOLS))
    equal("inputs", inputs(reply), [{"command": "date"}] * 2)


@case("parallel tools", twin=True)
async def one_id_for_both(bench: Bench) -> None:
    """Ids that the provider gives twice in one answer are made unique; a doubled id hides a call."""
    await bench.say({"tool_calls": [{**one, "id": "call_same00"} for one in TWO]})
    reply = await bench.ask(body(tools=TOOLS))
    equal("different ids", len({block["id"] for block in reply.calls}), 2)


@case("parallel tools")
async def ids_unique_over_the_conversation(bench: Bench) -> None:
    """An id that the provider uses again in a later turn reaches the client as a new one."""
    await bench.say({"tool_calls": [{**TWO[0], "id": "call_0"}]})
    first = await bench.ask(body("go", tools=TOOLS))
    used = first.calls[0]["id"]
    said = {"role": "assistant", "content": first.content}
    await bench.say({"tool_calls": [{**TWO[1], "id": "call_0"}]})
    second = await bench.ask(body("go", said, user(tool_result(used, "C")), tools=TOOLS))
    expect(second.calls[0]["id"] != used, f"the id {used} came twice")


@case("parallel tools")
async def both_results_reach_the_model(bench: Bench) -> None:
    """Two results of one turn reach the model, each tied to its call."""
    turns = [
        user("go"),
        assistant(
            tool_use("toolu_a", "Read", file_path="/a"), tool_use("toolu_b", "Read", file_path="/b")
        ),
        user(tool_result("toolu_a", "AAA"), tool_result("toolu_b", "BBB")),
    ]
    await bench.ask(body(*turns, tools=TOOLS))
    sent = await bench.last()
    by_call = {turn.result_of: turn.text for turn in sent.results}
    equal("results by call", [by_call.get(made[0]) for made in sent.calls], ["AAA", "BBB"])


@case("parallel tools")
async def results_in_another_order(bench: Bench) -> None:
    """Results that come in another order than the calls stay tied to the right ones."""
    turns = [
        user("go"),
        assistant(
            tool_use("toolu_a", "Read", file_path="/a"), tool_use("toolu_b", "Read", file_path="/b")
        ),
        user(tool_result("toolu_b", "BBB"), tool_result("toolu_a", "AAA")),
    ]
    await bench.ask(body(*turns, tools=TOOLS))
    sent = await bench.last()
    by_call = {turn.result_of: turn.text for turn in sent.results}
    equal("results by call", [by_call.get(made[0]) for made in sent.calls], ["AAA", "BBB"])


@case("parallel tools")
async def one_result_missing(bench: Bench) -> None:
    """Two calls of which one has no result, as after an interruption, are made valid."""
    turns = [
        user("go"),
        assistant(
            tool_use("toolu_a", "Read", file_path="/a"), tool_use("toolu_b", "Read", file_path="/b")
        ),
        user(tool_result("toolu_a", "AAA"), "I stopped the other one."),
    ]
    await bench.ask(body(*turns, tools=TOOLS))
    contains("conversation", (await bench.last()).seen, "AAA", "I stopped the other one.")


@case("parallel tools")
async def results_in_two_messages(bench: Bench) -> None:
    """Two results in two user messages after one answer are made valid, and both are kept."""
    turns = [
        user("go"),
        assistant(
            tool_use("toolu_a", "Read", file_path="/a"), tool_use("toolu_b", "Read", file_path="/b")
        ),
        user(tool_result("toolu_a", "AAA")),
        user(tool_result("toolu_b", "BBB"), "go on"),
    ]
    await bench.ask(body(*turns, tools=TOOLS))
    contains("conversation", (await bench.last()).seen, "AAA", "BBB", "go on")
