"""What tools answered, on its way to the model."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    TOOLS,
    assistant,
    body,
    image,
    text,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.expect import contains, equal, expect, matches
from scripts.conformance.registry import case
from scripts.conformance.reply import Json
from scripts.conformance.sent import Sent

CALL = tool_use("toolu_1", "Read", file_path="/a")


async def after(bench: Bench, *content: str | Json, call: Json = CALL) -> Sent:
    """Ask with a call in the history and this user turn after it; return what the provider was sent."""
    await bench.ask(body("go", assistant(call), user(*content), tools=TOOLS))
    return await bench.last()


@case("tool results")
async def string(bench: Bench) -> None:
    """A result given as a string reaches the model under its call's id."""
    sent = await after(bench, tool_result("toolu_1", "     1\tfirst line\n     2\tsecond"))
    equal("result", sent.results[0].text, "     1\tfirst line\n     2\tsecond")
    equal("id", sent.results[0].result_of, sent.calls[0][0])


@case("tool results")
async def list_of_texts(bench: Bench) -> None:
    """A result given as a list of texts reaches the model with all of them in order."""
    sent = await after(bench, tool_result("toolu_1", [text("part one"), text("part two")]))
    contains("result", sent.results[0].text, "part one", "part two")


@case("tool results")
async def empty_forms(bench: Bench) -> None:
    """An empty string, an empty list, an empty text and no content at all are made valid."""
    for content in ("", [], [text("")], None):
        sent = await after(bench, tool_result("toolu_1", content))
        equal("results", len(sent.results), 1)


@case("tool results")
async def error_is_visible(bench: Bench) -> None:
    """The model can see from a result with `is_error` that the tool failed."""
    sent = await after(bench, tool_result("toolu_1", "no such file", is_error=True))
    contains("result", sent.results[0].text, "no such file")
    matches("result", sent.results[0].text, "error|fail")


@case("tool results")
async def error_without_text(bench: Bench) -> None:
    """A failed result without any text still says that the tool failed."""
    sent = await after(bench, tool_result("toolu_1", "", is_error=True))
    matches("result", sent.results[0].text, "error|fail")


@case("tool results")
async def not_an_error(bench: Bench) -> None:
    """`is_error: false` leaves the result as it is."""
    sent = await after(bench, tool_result("toolu_1", "fine", is_error=False))
    equal("result", sent.results[0].text, "fine")


@case("tool results")
async def text_after_the_result(bench: Bench) -> None:
    """Text of the same turn comes after the result, never between call and result."""
    sent = await after(bench, tool_result("toolu_1", "contents"), text("<system-reminder>hint"))
    roles = [turn.role for turn in sent.turns if turn.text or turn.calls]
    equal("order", roles, ["user", "assistant", "tool", "user"])
    contains("conversation", sent.seen, "contents", "<system-reminder>hint")


@case("tool results")
async def text_before_the_result(bench: Bench) -> None:
    """Text that stands before the result in its turn is kept, and the request stays valid."""
    sent = await after(bench, text("a word first"), tool_result("toolu_1", "contents"))
    contains("conversation", sent.seen, "contents")
    contains("conversation", sent.seen, "a word first")


@case("tool results")
async def large(bench: Bench) -> None:
    """A result of 200,000 characters arrives whole."""
    content = "".join(f"{number:6d}\tsome source code\n" for number in range(8_500))[:200_000]
    sent = await after(bench, tool_result("toolu_1", content))
    expect(sent.results[0].text == content, "the result did not arrive whole")


@case("tool results")
async def odd_characters(bench: Bench) -> None:
    """Control characters, escape sequences and zero bytes in a result are served."""
    content = "\x1b[31mred\x1b[0m \x07 \u2028 \ufeff null:\x00 end"
    sent = await after(bench, tool_result("toolu_1", content))
    contains("result", sent.results[0].text, "red", "end")


@case("tool results")
async def half_a_character(bench: Bench) -> None:
    """Half of an emoji, where a tool's output was cut, does not make the session unusable."""
    sent = await after(bench, tool_result("toolu_1", "cut here: \ud83e"))
    contains("result", sent.results[0].text, "cut here:")


@case("tool results")
async def orphan(bench: Bench) -> None:
    """A result without its call, as after a cut history, is made valid and its text kept."""
    await bench.ask(
        body("go", assistant("ok"), user(tool_result("toolu_x", "left over")), tools=TOOLS)
    )
    contains("conversation", (await bench.last()).text, "left over")


@case("tool results")
async def orphan_at_the_start(bench: Bench) -> None:
    """A conversation that starts with a result, as after compaction, is served."""
    await bench.ask(body(user(tool_result("toolu_x", "left over"), "go on"), tools=TOOLS))
    contains("conversation", (await bench.last()).text, "left over")
    contains("conversation", (await bench.last()).text, "go on")


@case("tool results")
async def never_answered_call(bench: Bench) -> None:
    """A call that was never answered is made valid, and the question after it is kept."""
    await bench.ask(body("go", assistant(CALL), "never mind, do something else", tools=TOOLS))
    contains("conversation", (await bench.last()).seen, "never mind")


@case("tool results")
async def call_at_the_end(bench: Bench) -> None:
    """A conversation that ends with an unanswered call is served."""
    await bench.ask(body("go", assistant(text("Reading."), CALL), tools=TOOLS))


@case("tool results")
async def answered_twice(bench: Bench) -> None:
    """A call that was answered twice is made valid."""
    sent = await after(bench, tool_result("toolu_1", "first"), tool_result("toolu_1", "second"))
    contains("request", sent.text, "first")


@case("tool results")
async def odd_ids(bench: Bench) -> None:
    """Ids of other makers (`functions.Bash:0`, dots, great length) tie call and result together."""
    for odd in ("functions.Bash:0", "a.b/c d", "toolu_" + "x" * 120, "chatcmpl-tool-9f"):
        sent = await after(
            bench, tool_result(odd, "contents"), call=tool_use(odd, "Read", file_path="/a")
        )
        equal("id of the result", sent.results[0].result_of, sent.calls[0][0])


@case("tool results", surfaces=("zai-openai", "zai-coding", "zai-anthropic"))
async def ids_the_provider_refuses(bench: Bench) -> None:
    """Ids that the provider refuses are rewritten, in call and result alike."""
    await bench.turn(**{"guess.zai_tool_ids": "reject"})
    call = tool_use("functions.Bash:0", "Read", file_path="/a")
    sent = await after(bench, tool_result("functions.Bash:0", "contents"), call=call)
    equal("id of the result", sent.results[0].result_of, sent.calls[0][0])


@case("tool results")
async def same_id_in_two_turns(bench: Bench) -> None:
    """A history in which two turns use one id, as older gateways wrote it, is served with both results."""
    turns = [
        user("go"),
        assistant(tool_use("call_0", "Read", file_path="/a")),
        user(tool_result("call_0", "AAA")),
        assistant(tool_use("call_0", "Read", file_path="/b")),
        user(tool_result("call_0", "BBB")),
    ]
    await bench.ask(body(*turns, tools=TOOLS))
    contains("conversation", (await bench.last()).seen, "AAA", "BBB")


@case("tool results")
async def picture_beside_text(bench: Bench) -> None:
    """Text beside a picture in a result is kept, and the picture does not become base64 text."""
    block = image()
    sent = await after(bench, tool_result("toolu_1", [text("a screenshot"), block]))
    contains("request", sent.text, "a screenshot")
    texts = sent.seen
    expect(block["source"]["data"][:40] not in texts, "base64 was pasted into the text")


@case("tool results")
async def search_result_block(bench: Bench) -> None:
    """A `search_result` block in a result reaches the model as readable text."""
    found: Json = {
        "type": "search_result",
        "source": "https://example.org",
        "title": "A page",
        "content": [text("what the page says")],
    }
    sent = await after(bench, tool_result("toolu_1", [found]))
    contains("request", sent.text, "what the page says")
