"""Prompts of the size that real sessions reach."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    STRING,
    TOOLS,
    assistant,
    body,
    claude_body,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.expect import contains, equal, expect
from scripts.conformance.registry import case
from scripts.conformance.reply import Json

LINES = "".join(f"{number:5d}\tdef function_{number}(): return 'é'\n" for number in range(50))


def long_session(rounds: int) -> list[Json]:
    """Return a session in which the model read so many files, one after the other."""
    turns: list[Json] = [user("Read everything.")]
    for number in range(rounds):
        call_id = f"toolu_{number:04d}"
        turns.append(
            assistant(text(f"File {number}."), tool_use(call_id, "Read", file_path=f"/{number}"))
        )
        turns.append(user(tool_result(call_id, f"file {number}\n{LINES}")))
    return turns


@case("long prompts", twin=True)
async def hundred_rounds(bench: Bench) -> None:
    """A session of 100 tool rounds, 200 KB, arrives with every call and result in order."""
    await bench.ask(body(*long_session(100), tools=TOOLS))
    sent = await bench.last()
    equal("results", len(sent.results), 100)
    equal("calls tied to results", [r.result_of for r in sent.results], [c[0] for c in sent.calls])


@case("long prompts")
async def two_hundred_blocks(bench: Bench) -> None:
    """A request of 340 KB in 200 blocks with 40 tools is served."""
    blocks = [text(f"block {number}\n" + "x y " * 400) for number in range(200)]
    tools = [tool(f"mcp__s__t{n}", about="words " * 100, a=STRING, b=STRING) for n in range(40)]
    await bench.ask(body(user(*blocks), tools=tools))
    seen = (await bench.last()).user_text
    contains("conversation", seen, "block 0\n", "block 100\n", "block 199\n")


@case("long prompts")
async def one_long_line(bench: Bench) -> None:
    """A single line of 300,000 characters arrives whole."""
    line = "0123456789abcdef" * 18_750
    await bench.ask(body(line))
    expect(line in (await bench.last()).user_text, "the line did not arrive whole")


@case("long prompts")
async def two_hundred_short_turns(bench: Bench) -> None:
    """A conversation of 200 short turns arrives complete."""
    turns = [(assistant if n % 2 else user)(f"turn {n}.") for n in range(201)]
    await bench.ask(body(*turns))
    equal("turns", len((await bench.last()).turns), 201)


@case("long prompts")
async def whole_session_of_the_client(bench: Bench) -> None:
    """A long session with all the fields the client sends is served and answered by a call."""
    await bench.say(
        {"thinking": "Next.", "tool_calls": [{"name": "Bash", "arguments": {"command": "ls"}}]}
    )
    reply = await bench.ask(claude_body(*long_session(60)))
    equal("kinds of blocks", reply.kinds, ["thinking", "tool_use"])


@case("long prompts")
async def deep_arguments(bench: Bench) -> None:
    """A tool call in the history with deeply nested arguments is served."""
    deep: Json = {"value": 1}
    for _ in range(60):
        deep = {"nested": deep}
    turns = ["go", assistant(tool_use("toolu_1", "Configure", options=deep))]
    await bench.ask(body(*turns, user(tool_result("toolu_1", "ok")), tools=TOOLS))
    equal("arguments", (await bench.last()).calls[0][2], {"options": deep})
