"""Fields that Anthropic knows and the provider does not, and fields that nobody knows."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import READ, TOOLS, assistant, body, text, user
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import CHAT, case
from scripts.conformance.reply import Json

SCHEMA: Json = {
    "type": "object",
    "properties": {"title": {"type": "string"}},
    "required": ["title"],
    "additionalProperties": False,
}


async def dropped(bench: Bench, **fields: object) -> None:
    """Insist that a request with these fields is served, and a chat provider sees none of them."""
    await bench.ask(body("hi", **fields))
    if bench.chat:
        names = (await bench.last()).body
        for name in fields:
            expect(name not in names, f"the provider was sent {name}")


@case("unknown fields")
async def top_k(bench: Bench) -> None:
    """`top_k` is served and not passed on."""
    await dropped(bench, top_k=40)


@case("unknown fields")
async def metadata(bench: Bench) -> None:
    """`metadata` with the client's user id is served; the id does not leave as it is."""
    await dropped(bench, metadata={"user_id": '{"device_id":"d0d0","session_id":"s1"}'})


@case("unknown fields", surfaces=CHAT)
async def nobody_is_told_the_device(bench: Bench) -> None:
    """The client's device id does not reach the provider in any field."""
    await bench.ask(body("hi", metadata={"user_id": '{"device_id":"d0d0cafe","session_id":"s1"}'}))
    lacks("request", (await bench.last()).text, "d0d0cafe")


@case("unknown fields")
async def context_management(bench: Bench) -> None:
    """`context_management` is served and not passed on."""
    edits = [{"type": "clear_thinking_20251015", "keep": "all"}]
    await dropped(bench, context_management={"edits": edits})


@case("unknown fields")
async def safeguards(bench: Bench) -> None:
    """Auto mode's `safeguards` is served and its local paths are not passed on."""
    await dropped(bench, safeguards={"dangerous_tool_use": {"cwd": "/home/me/secret-project"}})


@case("unknown fields")
async def output_config(bench: Bench) -> None:
    """`output_config` is served and not passed on as it is."""
    await dropped(bench, output_config={"effort": "medium"})


@case("unknown fields")
async def json_schema_format(bench: Bench) -> None:
    """The session title's JSON schema format is served, with the format the provider knows or without."""
    output = {"format": {"type": "json_schema", "schema": SCHEMA}, "effort": "low"}
    await bench.say({"text": '{"title": "Greeting"}'})
    reply = await bench.ask(body("Name this session.", output_config=output))
    contains("text", reply.text, "Greeting")


@case("unknown fields")
async def json_schema_beside_tools(bench: Bench) -> None:
    """A JSON schema format beside tools, which providers refuse together, is served."""
    output = {"format": {"type": "json_schema", "schema": SCHEMA}}
    await bench.ask(body("hi", output_config=output, tools=TOOLS))
    expect((await bench.last()).tools, "the tools are gone")


@case("unknown fields")
async def service_fields(bench: Bench) -> None:
    """`service_tier`, `container`, `mcp_servers`, `inference_geo` and `speed` are served and not passed on."""
    await dropped(
        bench,
        service_tier="auto",
        container=None,
        mcp_servers=[],
        inference_geo="us",
        speed="standard",
    )


@case("unknown fields")
async def from_the_future(bench: Bench) -> None:
    """A field nobody knows, as CLAUDE_CODE_EXTRA_BODY may add, is served and not passed on."""
    await dropped(bench, some_future_field={"a": [1, 2, {"b": None}]}, another_one=True)


@case("unknown fields")
async def cache_control_at_the_top(bench: Bench) -> None:
    """A `cache_control` of the whole request is served and not passed on."""
    await dropped(bench, cache_control={"type": "ephemeral", "ttl": "1h"})


@case("unknown fields")
async def keys_in_messages(bench: Bench) -> None:
    """Unknown keys of messages and blocks are served, and no chat provider sees them."""
    first = {**user(text("hi", citations=None, odd_key=1)), "id": "msg_1", "odd_message_key": 2}
    second: Json = {**assistant(text("yes", citations=[])), "stop_reason": "end_turn"}
    await bench.ask(body(first, second, "go on"))
    sent = await bench.last()
    contains("conversation", sent.seen, "hi", "yes", "go on")
    if bench.chat:
        lacks("request", sent.text, "odd_key", "odd_message_key", "stop_reason", "citations")


@case("unknown fields")
async def unknown_block(bench: Bench) -> None:
    """A content block of a type nobody knows does not lose the text beside it."""
    block: Json = {"type": "hologram", "data": {"x": 1}}
    await bench.ask(body(user(text("before"), block, text("after"))))
    contains("conversation", (await bench.last()).seen, "before", "after")


@case("unknown fields")
async def keys_in_tools(bench: Bench) -> None:
    """Unknown keys of a tool definition are served, and no chat provider sees them."""
    made = {**READ, "type": "custom", "input_examples": [], "allowed_callers": ["direct"], "odd": 1}
    await bench.ask(body("hi", tools=[made]))
    sent = await bench.last()
    contains("tools", " ".join(sent.tools), "Read")
    if bench.chat:
        lacks("request", sent.text, "input_examples", "allowed_callers", '"odd"')


@case("unknown fields")
async def temperature_and_top_p(bench: Bench) -> None:
    """Temperature and top_p in the range of the API are served, the temperature at most as high as asked."""
    await bench.ask(body("hi", temperature=0.3, top_p=0.9))
    temperature = (await bench.last()).body.get("temperature")
    expect(temperature is not None and temperature <= 0.3, f"temperature sent is {temperature}")


@case("unknown fields")
async def extreme_numbers(bench: Bench) -> None:
    """Temperatures 0 and 1, top_p 0 and 1 and a huge `max_tokens` become what the provider takes."""
    for fields in ({"temperature": 0}, {"temperature": 1}, {"top_p": 1}, {"top_p": 0.0}):
        await bench.ask(body("hi", **fields))
    await bench.ask({**body("hi"), "max_tokens": 1_000_000})


@case("unknown fields")
async def one_token(bench: Bench) -> None:
    """A request for a single token, as probes send it, is served."""
    reply = await bench.send({**body("quota"), "max_tokens": 1})
    equal("status", reply.status, 200)
    equal("stop_reason", reply.stop_reason, "max_tokens")


@case("unknown fields", surfaces=("cerebras",))
async def output_limit_is_reserved_sparingly(bench: Bench) -> None:
    """The client's 32,000 output tokens do not reserve more of Cerebras' quota than its staff recommend."""
    await bench.ask({**body("hi"), "max_tokens": 32_000})
    limit = (await bench.last()).output_limit
    expect(limit is not None and limit <= 16_384, f"the provider is asked for {limit} tokens")


@case("unknown fields")
async def small_output_limit_is_kept(bench: Bench) -> None:
    """A small output limit reaches the provider as it is."""
    await bench.ask({**body("hi"), "max_tokens": 321})
    equal("output limit", (await bench.last()).output_limit, 321)
