"""Streams that break: before, in and after the content."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import TOOLS, body
from scripts.conformance.cases.errors import reads_well
from scripts.conformance.cases.tools import call
from scripts.conformance.checks import error_problems
from scripts.conformance.expect import contains, equal, expect, lacks, no_problems
from scripts.conformance.registry import CHAT, case

WORDS = "one two three four five six seven eight nine ten"


async def slowly(bench: Bench, **said: object) -> None:
    """Let the model say this word by word, so that some of it has reached the client before it breaks."""
    await bench.turn(chunk_delay_ms=20)
    await bench.say({"text": WORDS, "repeat": 0, **said})


@case("broken streams", fault=True)
async def reset_in_the_text(bench: Bench) -> None:
    """A connection reset in the middle of the text ends in an `error` event, never in a made-up end."""
    await slowly(bench)
    await bench.fault("reset_text", times=0)
    reply = await bench.cut_off()
    contains("text so far", reply.text, "one two")
    reads_well(reply)


@case("broken streams", fault=True)
async def closed_in_the_text(bench: Bench) -> None:
    """A stream that simply stops in the middle of the text ends in an `error` event."""
    await slowly(bench)
    await bench.fault("eof_text", times=0)
    contains("text so far", (await bench.cut_off()).text, "one two")


@case("broken streams", fault=True)
async def closed_before_the_finish(bench: Bench) -> None:
    """A stream without its finishing event, all text sent, is not given a made-up end."""
    await slowly(bench)
    await bench.fault("eof_finish", times=0)
    await bench.cut_off()


@case("broken streams", fault=True)
async def reset_in_a_call(bench: Bench) -> None:
    """A reset in the middle of tool calls never leaves a call that looks complete and is not."""
    await bench.turn(tool_args="fragments")
    arguments = {"file_path": "/a", "content": "x" * 400}
    await bench.say({"tool_calls": [{"name": "Write", "arguments": arguments}], "repeat": 0})
    await bench.fault("reset_tool", times=0)
    reply = await bench.cut_off(body(tools=TOOLS), begun=False)
    expect(reply.stop_reason is None, f"it claims stop_reason {reply.stop_reason}")


@case("broken streams", fault=True)
async def closed_at_the_start(bench: Bench) -> None:
    """A stream that ends before any content is an error or a second try, not an empty answer."""
    await bench.fault("eof_start", times=0)
    await bench.cut_off(begun=False)


@case("broken streams", surfaces=("cerebras",), fault=True)
async def error_before_content(bench: Bench) -> None:
    """An error object as the stream's first content becomes an error of its own kind."""
    await bench.fault("error_event_early", times=0)
    reply = await bench.cut_off(begun=False)
    expect(
        reply.error_type in ("rate_limit_error", "overloaded_error", "api_error"),
        f"type is {reply.error_type}",
    )
    reads_well(reply)


@case("broken streams", surfaces=("cerebras",), fault=True)
async def error_in_the_text(bench: Bench) -> None:
    """An error object in the middle of the text becomes an `error` event with its message."""
    await slowly(bench)
    await bench.fault("error_event_in_text", times=0)
    reply = await bench.cut_off()
    contains("text so far", reply.text, "one")
    reads_well(reply)


@case("broken streams", surfaces=("cerebras",), fault=True)
async def error_in_a_call(bench: Bench) -> None:
    """An error object after a tool call began becomes an `error` event."""
    await slowly(bench, tool_calls=[call("Read", file_path="/a")])
    await bench.fault("error_event_in_tool", times=0)
    await bench.cut_off(body(tools=TOOLS))


@case("broken streams", surfaces=("zai-openai", "zai-coding", "zai-anthropic"), fault=True)
async def half_a_line(bench: Bench) -> None:
    """A line of truncated JSON is an error or is skipped; it neither hangs nor reaches the client."""
    await slowly(bench)
    await bench.fault("garbled", times=0)
    reply = await bench.send(direct=True)
    if reply.status != 200:
        no_problems(f"status {reply.status}", error_problems(reply.document))
        return
    for event in reply.events:
        expect(event.data is not None, f"a line that is not JSON came through: {event.text[:80]}")
    last = reply.events[-1].type
    expect(last in ("error", "message_stop"), f"the last event is {last}")


@case("broken streams", surfaces=("zai-openai", "zai-coding"), fault=True)
async def nothing_but_the_end_mark(bench: Bench) -> None:
    """A stream of nothing but `[DONE]` is an error or a second try, not an empty answer."""
    await bench.fault("empty_stream", times=0)
    await bench.cut_off(begun=False)


@case("broken streams", fault=True)
async def thinking_then_nothing(bench: Bench) -> None:
    """Thinking that stops without text or call is tried once more or is an honest error."""
    await bench.say({"thinking": "Hm, let me see.", "finish": "stop", "repeat": 0})
    await bench.cut_off(body(thinking={"type": "adaptive"}), begun=False)


@case("broken streams", fault=True)
async def empty_answer_once(bench: Bench) -> None:
    """An empty answer is tried again silently, and the second answer arrives."""
    await bench.say({"text": "", "finish": "stop"}, {"text": "Second try."})
    reply = await bench.ask(direct=True)
    equal("text", reply.text, "Second try.")


@case("broken streams", fault=True)
async def empty_answer_once_without_streaming(bench: Bench) -> None:
    """An empty whole answer is tried again silently, and the second answer arrives."""
    await bench.say({"text": "", "finish": "stop"}, {"text": "Second try."})
    reply = await bench.ask(direct=True, stream=False)
    equal("text", reply.text, "Second try.")


@case("broken streams", surfaces=("cerebras",), fault=True)
async def budget_spent_on_thinking(bench: Bench) -> None:
    """Thinking that used up the whole output budget ends with `max_tokens`."""
    await bench.say({"thinking": "Hm, let me see.", "finish": "length"})
    reply = await bench.send(body(thinking={"type": "adaptive"}), direct=True)
    equal("status", reply.status, 200)
    equal("stop_reason", reply.stop_reason, "max_tokens")


@case("broken streams", surfaces=CHAT, fault=True)
async def call_announced_but_missing(bench: Bench) -> None:
    """Finish reason `tool_calls` without a call is tried again or an error, never `tool_use` without a call."""
    await bench.say({"text": "", "finish": "tool_calls"}, {"text": "Second try."})
    reply = await bench.ask(body(tools=TOOLS), direct=True)
    equal("text", reply.text, "Second try.")


@case("broken streams", surfaces=CHAT, fault=True)
async def text_but_announced_call_missing(bench: Bench) -> None:
    """Text with finish reason `tool_calls` and no call never ends with `tool_use`."""
    await bench.say({"text": "I will read.", "finish": "tool_calls"})
    reply = await bench.send(body(tools=TOOLS), direct=True)
    equal("status", reply.status, 200)
    expect(reply.stop_reason != "tool_use", "stop_reason tool_use without a call")
    lacks("stream", reply.body.decode(), '"tool_use"')
