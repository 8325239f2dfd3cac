"""Tool calls that the provider got wrong: repaired, tried again, or an honest error."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import OPTIONS, READ, STOP_TOOL, TOOLS, body
from scripts.conformance.cases.tools import call
from scripts.conformance.checks import broken_stream_problems, error_problems, stream_problems
from scripts.conformance.expect import equal, expect, no_problems
from scripts.conformance.registry import CHAT, case
from scripts.conformance.reply import Json, Reply

GOOD = call("Read", file_path="/good")


async def valid_or_honest(bench: Bench, request: Json) -> Reply:
    """Ask, and insist on a valid answer or an honest error; return it."""
    reply = await bench.send(request, direct=True)
    if reply.status != 200:
        no_problems(f"status {reply.status}", error_problems(reply.document))
    elif reply.error is not None:
        no_problems("broken stream", broken_stream_problems(reply.events))
    else:
        no_problems("stream", stream_problems(reply.events))
    return reply


@case("tool faults", fault=True)
async def broken_arguments_once(bench: Bench) -> None:
    """Arguments that are no JSON are repaired, tried again, or an honest error; never passed on."""
    bad = {"name": "Read", "arguments": '{"file_path": "/a", "tail": "cut of'}
    await bench.say({"tool_calls": [bad]}, {"tool_calls": [GOOD]})
    reply = await valid_or_honest(bench, body(tools=TOOLS))
    for made in reply.calls:
        expect(isinstance(made["input"], dict), "the input is no object")


@case("tool faults", surfaces=CHAT, fault=True, twin=True)
async def nested_object_as_text(bench: Bench) -> None:
    """An object that arrives as a string, where the schema wants an object, becomes the object."""
    arguments = {"options": '{"depth": 2, "tags": ["a"]}'}
    await bench.say({"tool_calls": [{"name": "Configure", "arguments": arguments}]})
    reply = await bench.ask(body(tools=[OPTIONS]), direct=True)
    equal("input", reply.calls[0]["input"], {"options": {"depth": 2, "tags": ["a"]}})


@case("tool faults", surfaces=CHAT, fault=True)
async def list_as_text(bench: Bench) -> None:
    """A list that arrives as a string, where the schema wants a list, becomes the list."""
    todos = '[{"content": "x", "status": "pending"}]'
    await bench.say({"tool_calls": [{"name": "TodoWrite", "arguments": {"todos": todos}}]})
    reply = await bench.ask(body(tools=TOOLS), direct=True)
    wanted = {"todos": [{"content": "x", "status": "pending"}]}
    equal("input", reply.calls[0]["input"], wanted)


@case("tool faults", twin=True)
async def text_that_looks_like_json(bench: Bench) -> None:
    """A string that looks like JSON, where the schema wants a string, stays a string."""
    arguments = {"file_path": "/a.json", "content": '{"depth": 2}'}
    await bench.say({"tool_calls": [{"name": "Write", "arguments": arguments}]})
    reply = await bench.ask(body(tools=TOOLS))
    equal("input", reply.calls[0]["input"], arguments)


@case("tool faults", surfaces=CHAT, fault=True, twin=True)
async def empty_arguments(bench: Bench) -> None:
    """Empty arguments of a tool without parameters become `{}`."""
    await bench.say({"tool_calls": [{"name": "ExitPlanMode", "arguments": ""}]})
    reply = await bench.ask(body(tools=[STOP_TOOL, READ]), direct=True)
    equal("input", reply.calls[0]["input"], {})


@case("tool faults", surfaces=CHAT, fault=True, twin=True)
async def no_id(bench: Bench) -> None:
    """A call without an id gets one."""
    await bench.say({"tool_calls": [{**GOOD, "id": ""}]})
    reply = await bench.ask(body(tools=TOOLS), direct=True)
    expect(reply.calls[0]["id"], "the id is empty")


@case("tool faults", surfaces=CHAT, fault=True)
async def two_without_id(bench: Bench) -> None:
    """Two calls without ids get different ones."""
    await bench.say({"tool_calls": [{**GOOD, "id": ""}, {**call("Bash", command="ls"), "id": ""}]})
    reply = await bench.ask(body(tools=TOOLS), direct=True)
    equal("different ids", len({made["id"] for made in reply.calls}), 2)


@case("tool faults", surfaces=CHAT, fault=True)
async def empty_name(bench: Bench) -> None:
    """A call with an empty name, as GLM sends now and then, never reaches the client."""
    await bench.say({"tool_calls": [{"name": "", "arguments": "{}"}]}, {"tool_calls": [GOOD]})
    reply = await valid_or_honest(bench, body(tools=TOOLS))
    for made in reply.calls:
        expect(made["name"], "the name is empty")


@case("tool faults", surfaces=CHAT, fault=True)
async def markup_in_the_name(bench: Bench) -> None:
    """GLM's argument markup leaked into the name is repaired, tried again, or an honest error."""
    name = "Read<arg_key>file_path</arg_key><arg_value>/a</arg_value>"
    await bench.say({"tool_calls": [{"name": name, "arguments": "{}"}]}, {"tool_calls": [GOOD]})
    reply = await valid_or_honest(bench, body(tools=TOOLS))
    for made in reply.calls:
        equal("name", made["name"], "Read")
        expect(made["input"].get("file_path") in ("/a", "/good"), f"input is {made['input']}")


@case("tool faults", surfaces=CHAT, fault=True)
async def arguments_that_are_a_list(bench: Bench) -> None:
    """Arguments that are JSON but no object never reach the client as input."""
    bad = {"name": "Read", "arguments": '["/a"]'}
    await bench.say({"tool_calls": [bad]}, {"tool_calls": [GOOD]})
    reply = await valid_or_honest(bench, body(tools=TOOLS))
    for made in reply.calls:
        expect(isinstance(made["input"], dict), f"the input is {made['input']}")


@case("tool faults", fault=True)
async def cut_by_the_limit(bench: Bench) -> None:
    """A call cut by the output limit ends with `max_tokens`, not with half an input that runs."""
    await bench.say({"text": "I write it.", "tool_calls": [call("Read", file_path="/a" * 300)]})
    reply = await bench.send({**body(tools=TOOLS), "max_tokens": 20}, direct=True)
    equal("status", reply.status, 200)
    equal("stop_reason", reply.stop_reason, "max_tokens")
    equal("calls", reply.calls, [])


@case("tool faults", surfaces=CHAT, fault=True)
async def a_good_call_beside_a_bad_one(bench: Bench) -> None:
    """A good call beside one that cannot be read is never lost without a word."""
    bad = {"name": "Read", "arguments": "{nope"}
    await bench.say({"tool_calls": [GOOD, bad]}, {"tool_calls": [GOOD]})
    reply = await valid_or_honest(bench, body(tools=TOOLS))
    if reply.status == 200 and reply.error is None:
        expect(any(made["input"].get("file_path") == "/good" for made in reply.calls), "it is lost")
