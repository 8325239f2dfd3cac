"""Tools that only Anthropic runs, and tools that are named now and defined later."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import (
    BASH,
    READ,
    assistant,
    body,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)
from scripts.conformance.checks import error_problems
from scripts.conformance.expect import contains, equal, expect, lacks, matches, no_problems
from scripts.conformance.registry import case
from scripts.conformance.reply import Json, Reply

WEB_SEARCH: Json = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}
SEARCH_TOOL = tool("ToolSearch", ("query",), query={"type": "string"})
PLACEHOLDER: Json = {
    "name": "mcp__docs__lookup",
    "description": "Looks up documentation.",
    "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}},
    "defer_loading": True,
}


def served_or_refused(reply: Reply) -> None:
    """Insist on a real search result, or on a 400 that the client turns into a clean tool error."""
    if reply.status == 200:
        expect("server_tool_use" in reply.kinds, f"answered without a search: {reply.kinds}")
        return
    equal("status", reply.status, 400)
    no_problems("refusal", error_problems(reply.document))
    matches("refusal", reply.error_message, "web.search")


@case("special tools")
async def web_search_is_never_invented(bench: Bench) -> None:
    """A `web_search` side request is really served or refused with 400; plain text would pass as results."""
    request = body(
        "Perform a web search for the query: GLM",
        system="You are an assistant for performing a web search tool use",
        tools=[WEB_SEARCH],
        tool_choice={"type": "auto"},
    )
    served_or_refused(await bench.send(request))


@case("special tools")
async def web_search_without_streaming(bench: Bench) -> None:
    """The client's second try of a search, without streaming, gets the same answer."""
    request = body("Perform a web search for the query: GLM", tools=[WEB_SEARCH])
    served_or_refused(await bench.send(request, stream=False))


@case("special tools")
async def deferred_tools(bench: Bench) -> None:
    """The `defer_loading` mark of tool search never reaches the provider, wherever it stands."""
    await bench.ask(body(tools=[SEARCH_TOOL, PLACEHOLDER, READ]))
    sent = await bench.last()
    if bench.chat:
        lacks("request", sent.text, "defer_loading")
    contains("tools", " ".join(sent.tools), "ToolSearch", "Read")


@case("special tools")
async def tool_reference(bench: Bench) -> None:
    """A `tool_reference` in a result is turned into text that names the tool; empty would hide it."""
    found = [{"type": "tool_reference", "tool_name": "mcp__docs__lookup"}]
    turns = [
        user("find a tool"),
        assistant(tool_use("toolu_1", "ToolSearch", query="docs")),
        user(tool_result("toolu_1", found)),
    ]
    loaded = {key: value for key, value in PLACEHOLDER.items() if key != "defer_loading"}
    await bench.ask(body(*turns, tools=[SEARCH_TOOL, loaded]))
    sent = await bench.last()
    if bench.chat:
        contains("the result", sent.results[0].text, "mcp__docs__lookup")
    else:
        contains("request", sent.text, "mcp__docs__lookup")


@case("special tools")
async def tool_reference_beside_text(bench: Bench) -> None:
    """Several references and a text in one result are all kept."""
    found = [
        text("2 tools found"),
        {"type": "tool_reference", "tool_name": "mcp__docs__lookup"},
        {"type": "tool_reference", "tool_name": "mcp__docs__list"},
    ]
    turns = ["find", assistant(tool_use("toolu_1", "ToolSearch", query="docs"))]
    await bench.ask(body(*turns, user(tool_result("toolu_1", found)), tools=[SEARCH_TOOL]))
    seen = (await bench.last()).text
    contains("request", seen, "2 tools found", "mcp__docs__lookup", "mcp__docs__list")


@case("special tools")
async def anthropic_client_tools(bench: Bench) -> None:
    """Client tools of Anthropic's own types (bash, text editor) are offered as plain tools or refused cleanly."""
    tools: list[Json] = [
        {"type": "bash_20250124", "name": "bash"},
        {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"},
        BASH,
    ]
    reply = await bench.send(body(tools=tools))
    if reply.status == 200:
        contains("tools", " ".join((await bench.last()).tools), "Bash")
    else:
        equal("status", reply.status, 400)
        no_problems("refusal", error_problems(reply.document))


@case("special tools")
async def search_results_in_the_history(bench: Bench) -> None:
    """A history with `server_tool_use` and its results, from a session on Anthropic, is served."""
    search: Json = {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "web_search",
        "input": {"query": "GLM"},
    }
    page: Json = {
        "type": "web_search_result",
        "url": "https://example.org/glm",
        "title": "GLM notes",
        "encrypted_content": "AAAA",
        "page_age": None,
    }
    result: Json = {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": [page],
    }
    turns = ["search", assistant(search, result, text("I found notes.")), "go on"]
    await bench.ask(body(*turns))
    contains("conversation", (await bench.last()).seen, "I found notes.", "go on")
