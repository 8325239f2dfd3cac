"""Names the client asks for, and the name it gets back."""

from __future__ import annotations

from scripts.conformance.bench import Bench
from scripts.conformance.builders import body
from scripts.conformance.expect import equal, expect
from scripts.conformance.registry import case
from scripts.conformance.reply import objs

CURRENT = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2")
OLDER = (
    "claude-sonnet-4-5-20250929", "claude-opus-4-1-20250805", "claude-3-5-haiku-20241022", "claude-sonnet-5",
)  # fmt: skip


async def served_as(bench: Bench, name: str, *, stream: bool | None = None) -> None:
    """Insist that the name is served and echoed, and never reaches the provider."""
    reply = await bench.ask({**body("hi"), "model": name}, stream=stream)
    equal("model of the answer", reply.message.get("model"), name)
    sent = await bench.last()
    expect(sent.model != name or "glm" in name, f"the provider was asked for {sent.model}")


@case("model names", twin=True)
async def current_claude_names(bench: Bench) -> None:
    """Every current Claude name is served and echoed."""
    for name in CURRENT:
        await served_as(bench, name)


@case("model names")
async def older_claude_names(bench: Bench) -> None:
    """Older Claude names and dated ones are served and echoed."""
    for name in OLDER:
        await served_as(bench, name)


@case("model names")
async def a_name_of_tomorrow(bench: Bench) -> None:
    """A Claude name nobody has heard of is served and echoed."""
    await served_as(bench, "claude-saga-7-1-20291231")


@case("model names", twin=True)
async def echoed_name(bench: Bench) -> None:
    """The answer carries the name that was asked for, not the provider's model id."""
    reply = await bench.ask()
    equal("model of the answer", reply.message.get("model"), bench.names.model)


@case("model names", twin=True)
async def configured_name(bench: Bench) -> None:
    """The name that leads to one provider only is served and echoed."""
    reply = await bench.ask(direct=True)
    equal("model of the answer", reply.message.get("model"), bench.names.direct)


@case("model names")
async def million_token_suffix(bench: Bench) -> None:
    """A name with the client's `[1m]` suffix is served, and no provider sees the suffix."""
    await bench.ask({**body("hi"), "model": f"{bench.names.model}[1m]"})
    expect("[1m]" not in (await bench.last()).model, "the provider was asked for [1m]")


@case("model names")
async def listing(bench: Bench) -> None:
    """`/v1/models`, as the client's discovery asks it, lists models with ids."""
    reply = await bench.gateway.send(None, method="GET", path="/v1/models?limit=1000")
    equal("status", reply.status, 200)
    models = objs(reply.document.get("data"))
    expect(models, "the list is empty")
    expect(all(model.get("id") for model in models), f"a model has no id: {models[0]}")
