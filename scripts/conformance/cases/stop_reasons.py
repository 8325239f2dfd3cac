"""Why the model stopped."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import TOOLS, body
from scripts.conformance.cases.tools import call
from scripts.conformance.expect import equal, expect, lacks
from scripts.conformance.registry import CHAT, case

WORDS = "alpha <stop> beta </block> gamma <five> delta <six> end"
SEQUENCES = ["<one>", "<two>", "<three>", "<four>", "<five>", "<six>"]


@case("stop reasons", twin=True)
async def output_limit(bench: Bench) -> None:
    """An answer cut by the output limit ends with `max_tokens`."""
    reply = await bench.ask({**body("tokens:500"), "max_tokens": 50})
    equal("stop_reason", reply.stop_reason, "max_tokens")
    expect(reply.text, "there is no text")


@case("stop reasons", twin=True)
async def provider_says_length(bench: Bench) -> None:
    """A provider's finish reason `length` becomes `max_tokens`."""
    await bench.say({"text": "cut in the mid", "finish": "length"})
    equal("stop_reason", (await bench.ask()).stop_reason, "max_tokens")


@case("stop reasons", twin=True)
async def calls_with_finish_stop(bench: Bench) -> None:
    """A provider that ends a tool call with finish `stop` gives `tool_use` all the same."""
    await bench.say({"tool_calls": [call("Read", file_path="/a")], "finish": "stop"})
    reply = await bench.ask(body(tools=TOOLS))
    equal("stop_reason", reply.stop_reason, "tool_use")


@case("stop reasons", twin=True)
async def one_stop_sequence(bench: Bench) -> None:
    """A stop sequence, as the auto-mode classifier sends it, ends the text in front of it."""
    await bench.say({"text": WORDS})
    reply = await bench.ask(body(stop_sequences=["</block>"]))
    equal("text", reply.text, "alpha <stop> beta ")
    expect(reply.stop_reason in ("stop_sequence", "end_turn"), f"ended by {reply.stop_reason}")


@case("stop reasons", twin=True)
async def sequence_is_named(bench: Bench) -> None:
    """A verdict ended by the classifier's stop sequence says `stop_sequence` and which one."""
    await bench.say({"text": "<block>no</block> because it only reads"})
    reply = await bench.ask(body(stop_sequences=["</block>"]))
    equal("text", reply.text, "<block>no")
    equal("stop_reason", reply.stop_reason, "stop_sequence")
    equal("stop_sequence", reply.message.get("stop_sequence"), "</block>")


@case("stop reasons", twin=True)
async def six_stop_sequences(bench: Bench) -> None:
    """With more sequences than a provider takes, the fifth still ends the text and is named."""
    await bench.say({"text": WORDS})
    reply = await bench.ask(body(stop_sequences=SEQUENCES))
    equal("text", reply.text, "alpha <stop> beta </block> gamma ")
    equal("stop_reason", reply.stop_reason, "stop_sequence")
    equal("stop_sequence", reply.message.get("stop_sequence"), "<five>")


@case("stop reasons")
async def sequence_over_many_pieces(bench: Bench) -> None:
    """A stop sequence that arrives in pieces of one byte is found all the same."""
    await bench.turn(split="byte")
    await bench.say({"text": WORDS})
    reply = await bench.ask(body(stop_sequences=SEQUENCES))
    equal("text", reply.text, "alpha <stop> beta </block> gamma ")


@case("stop reasons", twin=True)
async def half_a_sequence(bench: Bench) -> None:
    """Text that begins like a stop sequence and goes on differently is kept whole."""
    await bench.say({"text": "a <fiv b <fi"})
    reply = await bench.ask(body(stop_sequences=SEQUENCES))
    equal("text", reply.text, "a <fiv b <fi")
    equal("stop_reason", reply.stop_reason, "end_turn")


@case("stop reasons", twin=True)
async def blank_stop_sequences(bench: Bench) -> None:
    """Empty and blank stop sequences are no reason for a refusal, and end nothing."""
    await bench.say({"text": "two words"})
    reply = await bench.ask(body(stop_sequences=["", "<x>"]))
    equal("text", reply.text, "two words")


@case("stop reasons", surfaces=("cerebras",), twin=True)
async def content_filter(bench: Bench) -> None:
    """A provider's content filter becomes `refusal`, not a normal end."""
    await bench.say({"text": "I cannot", "finish": "content_filter"})
    equal("stop_reason", (await bench.ask()).stop_reason, "refusal")


@case("stop reasons", surfaces=("zai-openai", "zai-coding"), twin=True)
async def sensitive(bench: Bench) -> None:
    """Z.ai's `sensitive` becomes `refusal`, not a normal end."""
    await bench.say({"text": "I cannot", "finish": "sensitive"})
    equal("stop_reason", (await bench.ask()).stop_reason, "refusal")


@case("stop reasons", surfaces=CHAT, fault=True)
async def network_error_is_no_end(bench: Bench) -> None:
    """A provider's `network_error` after some text is an error, never `end_turn`."""
    await bench.say({"text": "and then the", "finish": "network_error", "repeat": 0})
    await bench.cut_off(begun=False)


@case("stop reasons", surfaces=CHAT, fault=True)
async def network_error_without_streaming(bench: Bench) -> None:
    """A provider's `network_error` in a whole answer is an error or a second try, never half a text."""
    await bench.say({"text": "and then the", "finish": "network_error", "repeat": 0})
    reply = await bench.send(stream=False, direct=True)
    if reply.status == 200:
        lacks("text", reply.text, "and then the")
    else:
        expect(reply.error_message, "the error says nothing")


@case("stop reasons", surfaces=CHAT, fault=True)
async def window_exceeded(bench: Bench) -> None:
    """A provider's `model_context_window_exceeded` never looks like a normal end."""
    await bench.say(
        {"text": "and then the", "finish": "model_context_window_exceeded", "repeat": 0}
    )
    reply = await bench.send(direct=True)
    ended = reply.stop_reason in ("max_tokens", "model_context_window_exceeded")
    expect(ended or reply.error is not None, f"it ended with {reply.stop_reason}")
