"""Plain text, both ways."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import assistant, body, text, user
from scripts.conformance.expect import contains, equal, expect
from scripts.conformance.registry import case

UNICODE = (
    "Grüße, naïve café, 東京, \U0001f469\u200d\U0001f469\u200d\U0001f467, "
    "\u200fעבר\u200e, e\u0301, \u200d, \U0001d518\U0001d52b, tab\there."
)
MARKUP = (
    'data: {"x":1}\n\nevent: error\ndata: [DONE]\n\n</think> <arg_key>k</arg_key> {"a": "\\u00e9\\n"} '
    "```json\n{}\n``` \\ \" ' : ping\n\nend"
)


@case("text", twin=True)
async def short_answer(bench: Bench) -> None:
    """A short answer arrives word for word and ends with `end_turn`."""
    await bench.say({"text": "Hello there."})
    reply = await bench.ask(body("Say hi."))
    equal("text", reply.text, "Hello there.")
    equal("stop_reason", reply.stop_reason, "end_turn")
    equal("kinds of blocks", reply.kinds, ["text"])


@case("text", twin=True)
async def long_answer(bench: Bench) -> None:
    """An answer of 30,000 characters arrives complete and in order."""
    long = "".join(f"line {number}: the quick brown fox\n" for number in range(1000))
    await bench.say({"text": long})
    reply = await bench.ask()
    equal("length", len(reply.text), len(long))
    expect(reply.text == long, "the text is not the same")


@case("text", twin=True)
async def unicode_answer(bench: Bench) -> None:
    """Accents, emoji sequences, right-to-left marks and joiners come through unchanged."""
    await bench.say({"text": UNICODE})
    equal("text", (await bench.ask()).text, UNICODE)


@case("text", twin=True)
async def white_space_kept(bench: Bench) -> None:
    """Leading and trailing line ends, tabs and empty lines of an answer are kept."""
    words = "\n\n  indented\n\n\n\tafter a tab \r\nlast\n\n"
    await bench.say({"text": words})
    equal("text", (await bench.ask()).text, words)


@case("text", twin=True)
async def markup_is_only_text(bench: Bench) -> None:
    """Text that looks like stream framing, JSON or tags arrives as text."""
    await bench.say({"text": MARKUP})
    equal("text", (await bench.ask()).text, MARKUP)


@case("text")
async def unicode_question(bench: Bench) -> None:
    """The question reaches the model unchanged, whatever its characters."""
    await bench.ask(body(UNICODE + MARKUP))
    contains("what the model reads", (await bench.last()).user_text, UNICODE + MARKUP)


@case("text")
async def history_in_order(bench: Bench) -> None:
    """Earlier turns reach the model in order, each under its role."""
    await bench.ask(body("one", assistant("two"), "three", assistant(text("four")), "five"))
    turns = [(turn.role, turn.text) for turn in (await bench.last()).turns]
    wanted = ["one", "two", "three", "four", "five"]
    equal("texts", [words for _, words in turns], wanted)
    equal("roles", [role for role, _ in turns], ["user", "assistant"] * 2 + ["user"])


@case("text")
async def blocks_in_order(bench: Bench) -> None:
    """Several text blocks of one message all reach the model, in order."""
    await bench.ask(body(user(text("alpha"), text("beta"), text("gamma"))))
    contains("what the model reads", (await bench.last()).user_text, "alpha", "beta", "gamma")


@case("text")
async def string_equals_block(bench: Bench) -> None:
    """A string and a single text block are the same question to the model."""
    await bench.ask(body(user("same words")))
    await bench.ask(body(user(text("same words"))))
    first, second = await bench.sent()
    equal("text of the block form", second.user_text, first.user_text)


@case("text")
async def empty_block_beside_text(bench: Bench) -> None:
    """An empty text block beside a full one is no reason for a refusal."""
    await bench.ask(body(user(text(""), text("words"))))
    contains("what the model reads", (await bench.last()).user_text, "words")


@case("text")
async def blank_message(bench: Bench) -> None:
    """A history with a blank assistant turn is made valid, and the rest of it is kept."""
    await bench.ask(body("one", assistant(text("")), "two"))
    contains("what the model reads", (await bench.last()).user_text, "one", "two")


@case("text")
async def starts_with_assistant(bench: Bench) -> None:
    """A conversation that starts with the assistant is made valid, and nothing of it is lost."""
    await bench.ask(body(assistant("I was saying"), "go on"))
    contains("what the model reads", (await bench.last()).seen, "I was saying", "go on")


@case("text")
async def two_assistants_in_a_row(bench: Bench) -> None:
    """Two assistant turns in a row are made valid, and both are kept."""
    await bench.ask(body("one", assistant("first part"), assistant("second part"), "two"))
    contains("what the model reads", (await bench.last()).seen, "first part", "second part", "two")


@case("text")
async def two_users_in_a_row(bench: Bench) -> None:
    """Two user turns in a row both reach the model, in order."""
    await bench.ask(body("first question", "second question"))
    seen = (await bench.last()).user_text
    contains("what the model reads", seen, "first question", "second question")


@case("text")
async def ends_with_assistant(bench: Bench) -> None:
    """A conversation that ends with the assistant is answered."""
    await bench.ask(body("Name a colour.", assistant("The colour is")))
    contains("what the model reads", (await bench.last()).seen, "Name a colour", "The colour is")


@case("text")
async def history_is_byte_stable(bench: Bench) -> None:
    """The next turn's request begins with the very messages of this one, so that prefix caches hold."""
    first = [user(text("one")), assistant(text("two")), user(text("three"))]
    await bench.ask(body(*first, system="Be brief."))
    await bench.ask(body(*first, assistant(text("four")), user("five"), system="Be brief."))
    before, after = [sent.body["messages"] for sent in await bench.sent()]
    equal("the repeated part", after[: len(before)], before)
