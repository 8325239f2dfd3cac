"""Tool definitions, tool calls, `tool_choice`."""

from __future__ import annotations

from typing import Any

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    BASH,
    OPTIONS,
    READ,
    STOP_TOOL,
    STRING,
    TODO,
    TOOLS,
    WRITE,
    assistant,
    body,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import CHAT, case
from scripts.conformance.reply import Json

NESTED: Json = {
    "options": {"depth": -3, "tags": ["ä", "東京", '"quoted"', "back\\slash", "line\nbreak", ""]}
}


def call(name: str, **arguments: Any) -> Json:
    """Return a scripted tool call."""
    return {"name": name, "arguments": arguments}


@case("tools", twin=True)
async def one_call(bench: Bench) -> None:
    """A tool call arrives with its name, its whole input and `stop_reason: tool_use`."""
    await bench.say({"tool_calls": [call("Read", file_path="/a", limit=10)]})
    reply = await bench.ask(body(tools=TOOLS))
    equal("kinds of blocks", reply.kinds, ["tool_use"])
    equal("name", reply.calls[0]["name"], "Read")
    equal("input", reply.calls[0]["input"], {"file_path": "/a", "limit": 10})
    equal("stop_reason", reply.stop_reason, "tool_use")


@case("tools", twin=True)
async def text_then_call(bench: Bench) -> None:
    """Text before a tool call stays in front of it, in a block of its own."""
    await bench.say({"text": "I will read it.", "tool_calls": [call("Read", file_path="/a")]})
    reply = await bench.ask(body(tools=TOOLS))
    equal("kinds of blocks", reply.kinds, ["text", "tool_use"])
    equal("text", reply.text, "I will read it.")


@case("tools", twin=True)
async def no_arguments(bench: Bench) -> None:
    """A call of a tool without arguments arrives with the input `{}`."""
    await bench.say({"tool_calls": [call("ExitPlanMode")]})
    equal("input", (await bench.ask(body(tools=[STOP_TOOL]))).calls[0]["input"], {})


@case("tools", twin=True)
async def nested_arguments(bench: Bench) -> None:
    """Nested objects, lists, quotes, escapes and every script survive in the input."""
    await bench.say({"tool_calls": [call("Configure", **NESTED)]})
    equal("input", (await bench.ask(body(tools=TOOLS))).calls[0]["input"], NESTED)


@case("tools")
async def in_fragments(bench: Bench) -> None:
    """Arguments that arrive in small fragments give the same input as arguments in one piece."""
    await bench.turn(tool_args="fragments")
    await bench.say({"tool_calls": [call("Configure", **NESTED)]})
    reply = await bench.ask(body(tools=TOOLS))
    equal("input", reply.calls[0]["input"], NESTED)


@case("tools", twin=True)
async def large_arguments(bench: Bench) -> None:
    """A file of 40,000 characters written by a tool call arrives whole."""
    content = "".join(f"{number}: é\t\\n\n" for number in range(3_500))
    await bench.say({"tool_calls": [call("Write", file_path="/a", content=content)]})
    reply = await bench.ask(body(tools=TOOLS))
    expect(reply.calls[0]["input"]["content"] == content, "the content is not the same")


@case("tools")
async def definitions_reach_the_model(bench: Bench) -> None:
    """Each tool reaches the model with its name, description and properties."""
    await bench.ask(body(tools=TOOLS))
    offered = (await bench.last()).tools
    equal("names", list(offered), [made["name"] for made in TOOLS])
    for made in TOOLS:
        description, schema = offered[made["name"]]
        equal(f"description of {made['name']}", description, made["description"])
        wanted = made["input_schema"]
        equal(
            f"properties of {made['name']}",
            sorted(schema.get("properties", {})),
            sorted(wanted["properties"]),
        )
        equal(f"required of {made['name']}", schema.get("required") or [], wanted["required"])


@case("tools")
async def nested_schema_kept(bench: Bench) -> None:
    """Enums, nested objects and their required properties stay in a schema."""
    await bench.ask(body(tools=[TODO]))
    items = (await bench.last()).tools["TodoWrite"][1]["properties"]["todos"]["items"]
    equal("required", items["required"], ["content", "status"])
    status = items["properties"]["status"]
    equal("enum", status["enum"], ["pending", "in_progress", "completed"])


@case("tools")
async def odd_schemas(bench: Bench) -> None:
    """Schemas with references, unions, patterns and no properties at all are served."""
    schemas: list[Json] = [
        {"type": "object"},
        {"type": "object", "properties": {}},
        {
            "type": "object",
            "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
            "allOf": [{"required": ["a"]}],
        },
        {
            "type": "object",
            "$defs": {"x": {"type": "string", "pattern": "^a+$", "format": "uri"}},
            "properties": {"x": {"$ref": "#/$defs/x"}},
        },
        {
            "type": "object",
            "properties": {"l": {"type": "array", "items": {}, "minItems": 1, "maxItems": 3}},
        },
        {"type": "object", "properties": {"d": {"type": "string", "default": None, "const": "x"}}},
    ]
    tools = [{"name": f"odd_{n}", "input_schema": schema} for n, schema in enumerate(schemas)]
    await bench.ask(body(tools=tools))
    equal("tools offered", len((await bench.last()).tools), len(tools))


@case("tools")
async def mixed_strict(bench: Bench) -> None:
    """Tools of which only some say `strict` are served: the provider sees one value or none."""
    await bench.ask(body(tools=[{**READ, "strict": True}, BASH, {**WRITE, "strict": False}]))
    sent = await bench.last()
    values = {str((t.get("function") or t).get("strict")) for t in sent.body["tools"]}
    if bench.chat:
        equal("different values of strict", len(values), 1)


@case("tools")
async def eager_streaming_flag(bench: Bench) -> None:
    """The client's `eager_input_streaming` flag on tools does no harm."""
    await bench.ask(body(tools=[{**READ, "eager_input_streaming": True}]))
    if bench.chat:
        lacks("request", (await bench.last()).text, "eager_input_streaming")


@case("tools")
async def forty_tools(bench: Bench) -> None:
    """Forty tools with long descriptions all reach the model."""
    tools = [tool(f"mcp__server{n}__do_it", about="words " * 300, a=STRING) for n in range(40)]
    await bench.ask(body(tools=tools))
    equal("tools offered", len((await bench.last()).tools), 40)


@case("tools", twin=True)
async def long_name(bench: Bench) -> None:
    """A tool name of 64 characters can be offered and called, and comes back as the client knows it."""
    name = "mcp__" + "a_very_long_server_name" * 2 + "__run_it_now"
    name = name.ljust(64, "x")[:64]
    await bench.say({"tool_calls": [call(name, a="1")]})
    reply = await bench.ask(body(tools=[tool(name, a=STRING)]))
    equal("name", reply.calls[0]["name"], name)


@case("tools")
async def without_description(bench: Bench) -> None:
    """A tool without a description is served."""
    made = {key: value for key, value in READ.items() if key != "description"}
    await bench.ask(body(tools=[made]))
    contains("names", " ".join((await bench.last()).tools), "Read")


@case("tools")
async def empty_list(bench: Bench) -> None:
    """An empty list of tools is served."""
    await bench.ask(body(tools=[]))


@case("tools")
async def choice_auto(bench: Bench) -> None:
    """`tool_choice: auto` is served."""
    await bench.ask(body(tools=TOOLS, tool_choice={"type": "auto"}))


@case("tools", surfaces=("cerebras", "zai-anthropic"))
async def choice_any(bench: Bench) -> None:
    """`tool_choice: any` makes the provider call a tool."""
    reply = await bench.ask(body(tools=[READ, BASH], tool_choice={"type": "any"}))
    expect(reply.calls, "no tool was called")
    choice = (await bench.last()).body.get("tool_choice")
    equal("tool_choice sent", choice, "required" if bench.chat else {"type": "any"})


@case("tools", surfaces=("cerebras", "zai-anthropic"))
async def choice_tool(bench: Bench) -> None:
    """`tool_choice: tool` makes the provider call that very tool."""
    wanted = {"type": "tool", "name": "Bash"}
    reply = await bench.ask(body(tools=[READ, BASH], tool_choice=wanted))
    equal("tools called", [block["name"] for block in reply.calls], ["Bash"])


@case("tools", surfaces=("zai-openai", "zai-coding"))
async def choice_on_a_provider_with_auto_only(bench: Bench) -> None:
    """A `tool_choice` that the provider does not take is no reason for a refusal."""
    await bench.turn(**{"guess.zai_tool_choice": "reject"})
    await bench.ask(body(tools=[READ], tool_choice={"type": "any"}))
    await bench.ask(body(tools=[READ], tool_choice={"type": "tool", "name": "Read"}))
    await bench.ask(body(tools=[READ], tool_choice={"type": "none"}))


@case("tools")
async def choice_none(bench: Bench) -> None:
    """`tool_choice: none` is served: the provider is told none, or offered no tools."""
    await bench.ask(body(tools=TOOLS, tool_choice={"type": "none"}))
    sent = await bench.last()
    choice: object = sent.body.get("tool_choice")
    told = choice in ("none", {"type": "none"})
    expect(told or not sent.tools, f"tools are offered with tool_choice {choice}")


@case("tools")
async def choice_without_tools(bench: Bench) -> None:
    """A `tool_choice` without tools, which providers refuse, is served."""
    await bench.ask(body(tool_choice={"type": "auto"}))


@case("tools", surfaces=("cerebras",))
async def no_parallel_use(bench: Bench) -> None:
    """`disable_parallel_tool_use` reaches the provider as `parallel_tool_calls: false`."""
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    await bench.ask(body(tools=TOOLS, tool_choice=choice))
    equal("parallel_tool_calls", (await bench.last()).body.get("parallel_tool_calls"), False)


@case("tools")
async def history_of_calls(bench: Bench) -> None:
    """Calls in the history reach the model with id, name and arguments, the text beside them too."""
    turns = [
        user("go"),
        assistant(text("Reading."), tool_use("toolu_1", "Read", file_path="/a", limit=2)),
        user(tool_result("toolu_1", "contents")),
    ]
    await bench.ask(body(*turns, tools=TOOLS))
    sent = await bench.last()
    equal("name and arguments", sent.calls[0][1:], ("Read", {"file_path": "/a", "limit": 2}))
    equal("id of the result", sent.results[0].result_of, sent.calls[0][0])
    contains("conversation", sent.seen, "go", "Reading.", "contents")


@case("tools")
async def round_trip(bench: Bench) -> None:
    """The id of a call comes back with its result under the id the provider gave."""
    await bench.say({"tool_calls": [{**call("Read", file_path="/a"), "id": "call_0a1b2c3d4"}]})
    reply = await bench.ask(body("go", tools=TOOLS))
    said = {"role": "assistant", "content": reply.content}
    await bench.ask(body("go", said, user(tool_result(reply.calls[0]["id"], "C")), tools=TOOLS))
    sent = await bench.last()
    equal("id of the result", sent.results[0].result_of, sent.calls[0][0])
    equal("input", sent.calls[0][2], {"file_path": "/a"})


@case("tools")
async def calls_without_definitions(bench: Bench) -> None:
    """A history with calls is served when this request offers no tools, as compaction may do."""
    turns = ["go", assistant(tool_use("toolu_1", "Read", file_path="/a"))]
    await bench.ask(body(*turns, user(tool_result("toolu_1", "contents"), text("Summarize."))))
    contains("conversation", (await bench.last()).seen, "contents", "Summarize.")


@case("tools", surfaces=CHAT)
async def definitions_are_byte_stable(bench: Bench) -> None:
    """The same tools are sent as the same bytes each time, so that prefix caches hold."""
    await bench.ask(body("one", tools=[OPTIONS, TODO, READ]))
    await bench.ask(body("two", tools=[OPTIONS, TODO, READ]))
    first, second = await bench.sent()
    equal("tools", second.body["tools"], first.body["tools"])
