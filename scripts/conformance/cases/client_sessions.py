"""The requests of a real session of the client, complete with all their fields."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    BILLING_LINE,
    CACHE,
    FOREIGN_SIGNATURE,
    TOOLS,
    assistant,
    body,
    claude_body,
    image,
    system_turn,
    text,
    thinking,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.cases.tools import call
from scripts.conformance.cases.unknown_fields import SCHEMA
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import case
from scripts.conformance.reply import Json

REMINDER = "<system-reminder>\nAs you answer, you may use this context.\n</system-reminder>"


def clean(bench: Bench, sent_text: str) -> None:
    """Insist that nothing of the client's own fields reached a chat provider."""
    if bench.chat:
        own = ("cache_control", "context_management", "adaptive", "billing-header", "device_id")
        lacks("request", sent_text, *own)


@case("client sessions", twin=True)
async def first_turn(bench: Bench) -> None:
    """The client's first request, with everything in it, is answered."""
    await bench.say({"thinking": "A greeting.", "text": "Hello!"})
    reply = await bench.ask(claude_body(user(text(REMINDER), text("say hi"))))
    equal("kinds of blocks", reply.kinds, ["thinking", "text"])
    sent = await bench.last()
    contains("conversation", sent.seen, "system-reminder", "say hi")
    clean(bench, sent.text)


@case("client sessions", twin=True)
async def tool_loop(bench: Bench) -> None:
    """A loop of three requests, each replaying the answer before it, ends in a text."""
    turns: list[Json] = [user(text(REMINDER), text("count the lines of /a"))]
    steps = [
        {"thinking": "Read it.", "text": "Reading.", "tool_calls": [call("Read", file_path="/a")]},
        {"thinking": "Count.", "tool_calls": [call("Bash", command="wc -l /a")] * 2},
        {"text": "3 lines."},
    ]
    await bench.say(*steps)
    texts: list[str] = []
    for _ in steps:
        reply = await bench.ask(claude_body(*turns))
        texts.append(reply.text)
        turns.append({"role": "assistant", "content": reply.content})
        results = [tool_result(made["id"], "3") for made in reply.calls]
        turns.append(user(*results))
    equal("texts", texts, ["Reading.", "", "3 lines."])
    sent = (await bench.sent())[-1]
    equal("results tied", [r.result_of for r in sent.results], [made[0] for made in sent.calls])
    clean(bench, sent.text)


@case("client sessions")
async def with_system_turns(bench: Bench) -> None:
    """A first request to an unknown model name, with the environment in a `role: system` entry, is answered."""
    environment = system_turn(text("# Environment\ncwd: /work\n"), text("Skills: none."))
    await bench.ask(claude_body("say hi", environment, user("now")))
    sent = await bench.last()
    contains("conversation", sent.seen, "say hi", "# Environment", "now")
    clean(bench, sent.text)


@case("client sessions")
async def title_request(bench: Bench) -> None:
    """The request for a session title, to the small model with a JSON schema, is answered."""
    await bench.say({"text": '{"title": "Counting lines"}'})
    output = {"format": {"type": "json_schema", "schema": SCHEMA}}
    system = [text(BILLING_LINE), text("Generate a concise title.", cache_control=CACHE)]
    request = body(
        user(text("<session>count lines</session>", cache_control=CACHE)),
        system=system,
        tools=[],
        output_config=output,
        metadata={"user_id": "{}"},
    )
    reply = await bench.ask({**request, "model": "claude-haiku-5-5"})
    contains("text", reply.text, "Counting lines")


@case("client sessions")
async def classifier_request(bench: Bench) -> None:
    """Auto mode's classifier, whole and with a stop sequence, gets its verdict in the expected form."""
    await bench.say({"text": "<block>no</block> because it only reads"})
    request = body(
        user(text("Bash: ls"), text("Is this safe?")),
        system=[text("Rules. " * 20_000)],
        stop_sequences=["</block>"],
        temperature=0,
    )
    request = {**request, "max_tokens": 2112, "model": "claude-sonnet-5"}
    reply = await bench.ask(request, stream=False)
    contains("text", reply.text, "<block>no")
    lacks("text", reply.text, "</block>")


@case("client sessions")
async def web_fetch_summary(bench: Bench) -> None:
    """WebFetch's question to the small model, streaming without tools, is answered."""
    page = "Web page content:\n---\n" + "words " * 5000 + "\n---\nWhat does it say?"
    request = body(user(text(page)), system=[text(BILLING_LINE)], output_config={"effort": "low"})
    await bench.ask({**request, "model": "claude-haiku-5-5"})


@case("client sessions")
async def compaction_request(bench: Bench) -> None:
    """Compaction, the whole history with a summary instruction and all tools, is answered by text."""
    history = [
        user("go"),
        assistant(thinking("t", "c2ln"), tool_use("toolu_1", "Read", file_path="/a")),
        user(tool_result("toolu_1", [text("contents"), image()])),
        assistant(text("Done.")),
        user(text("Your task is to create a detailed summary of the conversation so far.")),
    ]
    await bench.say({"thinking": "Sum up.", "text": "<summary>...</summary>"})
    reply = await bench.ask(claude_body(*history))
    contains("text", reply.text, "<summary>")
    contains("conversation", (await bench.last()).seen, "contents", "detailed summary")


@case("client sessions")
async def after_an_interruption(bench: Bench) -> None:
    """A session whose last call was interrupted by the user goes on."""
    history = [
        user("go"),
        assistant(text("Running."), tool_use("toolu_1", "Bash", command="sleep 9")),
        user(
            tool_result("toolu_1", "The user doesn't want to proceed.", is_error=True),
            text("[Request interrupted by user for tool use]"),
        ),
        user("do it faster"),
    ]
    await bench.ask(claude_body(*history))
    contains("conversation", (await bench.last()).seen, "want to proceed", "do it faster")


@case("client sessions")
async def resumed_from_another_provider(bench: Bench) -> None:
    """A session begun on Anthropic, with its signatures, ids and searches, goes on."""
    search: Json = {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "web_search",
        "input": {},
    }
    found: Json = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    history = [
        user("go"),
        assistant(
            thinking("I think", FOREIGN_SIGNATURE),
            {"type": "redacted_thinking", "data": "ZW5j"},
            search,
            found,
            tool_use("toolu_01A09q90qw90lq917835lq9", "Read", file_path="/a"),
        ),
        user(tool_result("toolu_01A09q90qw90lq917835lq9", "contents")),
    ]
    await bench.ask(claude_body(*history))
    sent = await bench.last()
    contains("conversation", sent.seen, "go", "contents")
    lacks("request", sent.text, FOREIGN_SIGNATURE)


@case("client sessions")
async def subagent_request(bench: Bench) -> None:
    """A subagent's first request, under the main model's name with an agent id, is answered."""
    headers = {"x-claude-code-agent-id": "agent-7"}
    await bench.ask(claude_body("Search for usages of x."), headers=headers)


@case("client sessions")
async def older_model_profile(bench: Bench) -> None:
    """A session mapped to an old Claude name, with a fixed thinking budget and no effort, is answered."""
    request = claude_body("hi", thinking={"type": "enabled", "budget_tokens": 31999})
    request.pop("output_config")
    await bench.ask({**request, "model": "claude-sonnet-4-5-20250929"})


@case("client sessions")
async def prefix_grows_only_at_the_end(bench: Bench) -> None:
    """Over a session the provider sees one growing prefix: the moving cache mark changes nothing else."""
    turns: list[Json] = [user(text("one"))]
    await bench.ask(claude_body(*turns, tools=TOOLS))
    turns = [user(text("one")), assistant(text("two")), user(text("three"))]
    await bench.ask(claude_body(*turns, tools=TOOLS))
    first, second = await bench.sent()
    before, after = first.body["messages"], second.body["messages"]
    if bench.chat:
        equal("the repeated part", after[: len(before)], before)
        equal("tools", second.body["tools"], first.body["tools"])
    cached = second.entry["cached_tokens"]
    expect(cached > 0, "the provider found nothing of the first request in its cache")
