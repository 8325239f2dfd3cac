"""Pictures and documents, in questions and in tool results."""

from __future__ import annotations

import base64

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    TOOLS,
    assistant,
    body,
    document,
    image,
    text,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.checks import error_problems
from scripts.conformance.expect import contains, equal, expect, lacks, matches, no_problems
from scripts.conformance.registry import case
from scripts.conformance.reply import Json
from scripts.conformance.sent import Sent


def shown_or_told(sent: Sent, block: Json) -> None:
    """Insist that the model gets the picture or a readable note of it, never base64 as text."""
    data = block["source"]["data"]
    lacks("text the model reads", sent.seen, data[:40])
    if not any(turn.images or turn.documents for turn in sent.turns):
        matches("text the model reads", sent.seen, r"image|picture|document|pdf")


@case("images", twin=True)
async def in_a_question(bench: Bench) -> None:
    """A picture in a question is shown to the model, or replaced by a readable note."""
    block = image()
    await bench.ask(body(user(block, text("What is this?"))))
    sent = await bench.last()
    contains("conversation", sent.seen, "What is this?")
    shown_or_told(sent, block)


@case("images")
async def in_a_result(bench: Bench) -> None:
    """A picture in a tool result, as Read gives it, is shown or noted, not dropped."""
    block = image(800, 600)
    turns = ["look", assistant(tool_use("toolu_1", "Read", file_path="/a.png"))]
    await bench.ask(body(*turns, user(tool_result("toolu_1", [block])), tools=TOOLS))
    sent = await bench.last()
    shown_or_told(sent, block)
    equal("results", len(sent.results), 1)


@case("images")
async def note_says_what_it_was(bench: Bench) -> None:
    """The note of a picture that is not shown names its size and kind."""
    await bench.ask(body(user(image(800, 600), text("What is this?"))))
    sent = await bench.last()
    if not any(turn.images for turn in sent.turns):
        matches("note", sent.seen, "800\\s*[x\u00d7]\\s*600")
        matches("note", sent.seen, r"png")


@case("images")
async def only_a_picture(bench: Bench) -> None:
    """A question that is nothing but a picture is served."""
    block = image()
    await bench.ask(body(user(block)))
    shown_or_told(await bench.last(), block)


@case("images")
async def several(bench: Bench) -> None:
    """Three pictures and the texts between them keep their order."""
    parts = [text("first"), image(10, 10), text("second"), image(20, 20), text("third"), image()]
    await bench.ask(body(user(*parts)))
    sent = await bench.last()
    contains("conversation", sent.seen, "first", "second", "third")
    shown = sum(turn.images for turn in sent.turns)
    noted = sent.seen.lower().count("image")
    expect(shown == 3 or noted >= 3, f"{shown} pictures shown, {noted} noted")


@case("images")
async def same_note_each_turn(bench: Bench) -> None:
    """A picture in the history looks the same to the provider in each turn."""
    first = user(image(), text("What is this?"))
    await bench.ask(body(first))
    await bench.ask(body(first, assistant("A square."), "And its colour?"))
    before, after = [sent.body["messages"] for sent in await bench.sent()]
    equal("the repeated part", after[: len(before)], before)


@case("images")
async def by_address(bench: Bench) -> None:
    """A picture given by its address is shown, noted, or refused in words the client knows."""
    source = {"type": "url", "url": "https://example.org/cat.png"}
    reply = await bench.send(body(user({"type": "image", "source": source}, text("Look."))))
    if reply.status == 200:
        contains("conversation", (await bench.last()).seen, "Look.")
    else:
        equal("status", reply.status, 400)
        no_problems("refusal", error_problems(reply.document))
        matches(
            "refusal",
            reply.error_message,
            r"capability_rejected: image_block|image exceeds|process image",
        )


@case("images")
async def broken_data(bench: Bench) -> None:
    """A picture whose data is no picture is noted, or refused in words the client knows; never a 500."""
    source = {"type": "base64", "media_type": "image/png", "data": "bm90IGEgcGljdHVyZQ=="}
    reply = await bench.send(body(user({"type": "image", "source": source}, text("Look."))))
    expect(reply.status in (200, 400), f"status is {reply.status}")
    if reply.status == 400:
        matches("refusal", reply.error_message, r"capability_rejected|process image|image exceeds")
    else:
        contains("conversation", (await bench.last()).seen, "Look.")


@case("images")
async def large_picture(bench: Bench) -> None:
    """A picture of several megabytes of base64 does not reach a text model as text."""
    noise = bytes((n * 7919 + (n >> 8) * 31) % 256 for n in range(2_000_000))
    data = base64.b64encode(noise).decode()
    block = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/jpeg", "data": data},
    }
    await bench.ask(body(user(block, text("Look."))))
    shown_or_told(await bench.last(), block)


@case("documents")
async def pdf_in_a_question(bench: Bench) -> None:
    """A PDF in a question is passed on, read, noted, or refused in words the client knows."""
    block = document("Quarterly figures")
    reply = await bench.send(body(user(block, text("Summarize."))))
    if reply.status == 200:
        sent = await bench.last()
        contains("conversation", sent.seen, "Summarize.")
        shown_or_told(sent, block)
    else:
        equal("status", reply.status, 400)
        matches("refusal", reply.error_message, r"capability_rejected: document_block|pdf")


@case("documents")
async def pdf_in_a_result(bench: Bench) -> None:
    """A PDF in a tool result beside its text line, as Read gives it, keeps the line."""
    block = document("Quarterly figures")
    turns = ["read it", assistant(tool_use("toolu_1", "Read", file_path="/a.pdf"))]
    result = tool_result("toolu_1", [text("PDF file read: /a.pdf (1.2KB)"), block])
    await bench.ask(body(*turns, user(result), tools=TOOLS))
    sent = await bench.last()
    contains("request", sent.text, "PDF file read: /a.pdf (1.2KB)")
    lacks("text the model reads", sent.seen, block["source"]["data"][:40])


@case("documents")
async def plain_text_document(bench: Bench) -> None:
    """A document given as plain text reaches the model with title and text."""
    source = {"type": "text", "media_type": "text/plain", "data": "The figures are up."}
    block = {"type": "document", "source": source, "title": "Figures", "context": "2026"}
    await bench.ask(body(user(block, text("Summarize."))))
    contains("request", (await bench.last()).text, "The figures are up.")
