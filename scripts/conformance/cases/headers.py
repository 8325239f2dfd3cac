"""Request and response headers."""

from __future__ import annotations

import json

from scripts.conformance.bench import Bench
from scripts.conformance.builders import body
from scripts.conformance.expect import contains, equal, expect, lacks
from scripts.conformance.registry import CHAT, case
from scripts.conformance.wire import CLIENT_HEADERS

ALL_BETAS = (
    "claude-code-20250219,interleaved-thinking-2025-05-14,effort-2025-11-24,context-management-2025-06-27,"
    "mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,"
    "context-1m-2025-08-07,per-turn-control-2026-07-01,structured-outputs-2025-12-15,"
    "redact-thinking-2026-02-12,dangerous-tool-use-2026-09-03,afk-mode-2026-01-31,"
    "thinking-display-updates-2026-08-18,fine-grained-tool-streaming-2025-05-14,no-such-beta-2030-01-01"
)


@case("headers")
async def bearer_token(bench: Bench) -> None:
    """The token is taken from `authorization: Bearer`, as the client sends it."""
    await bench.ask()


@case("headers")
async def x_api_key(bench: Bench) -> None:
    """The token is taken from `x-api-key` too, as the client sends an API key."""
    headers = {"authorization": None, "x-api-key": bench.gateway.token}
    await bench.ask(headers=headers)


@case("headers")
async def both_credentials(bench: Bench) -> None:
    """A request with the right token and some other `x-api-key` is served."""
    await bench.ask(headers={"x-api-key": bench.gateway.token})


@case("headers")
async def token_goes_no_further(bench: Bench) -> None:
    """The client's token never reaches the provider."""
    await bench.ask(headers={"x-api-key": bench.gateway.token})
    sent = await bench.last()
    lacks("headers", json.dumps(sent.headers), bench.gateway.token)
    lacks("request", sent.text, bench.gateway.token)


@case("headers")
async def every_beta(bench: Bench) -> None:
    """Beta values, known and unknown, change nothing and refuse nothing."""
    await bench.ask(headers={"anthropic-beta": ALL_BETAS})


@case("headers", surfaces=CHAT)
async def betas_go_no_further(bench: Bench) -> None:
    """Anthropic's own headers and the client's never reach a chat provider."""
    await bench.ask(headers={"anthropic-beta": ALL_BETAS})
    names = " ".join((await bench.last()).headers)
    lacks("header names", names, "anthropic-beta", "anthropic-version", "x-claude-code", "x-app")


@case("headers")
async def no_version(bench: Bench) -> None:
    """A request without `anthropic-version` is served."""
    await bench.ask(headers={"anthropic-version": None, "anthropic-beta": None})


@case("headers")
async def no_beta_in_the_address(bench: Bench) -> None:
    """The endpoint works without `?beta=true` as well."""
    made = bench.complete(body("hi"), stream=False)
    reply = await bench.gateway.send(made, path="/v1/messages")
    equal("status", reply.status, 200)


@case("headers")
async def subagent(bench: Bench) -> None:
    """The session, agent and parent ids of a subagent's request change nothing."""
    headers = {"x-claude-code-agent-id": "a1b2c3", "x-claude-code-parent-agent-id": "root"}
    await bench.ask(headers=headers)


@case("headers")
async def odd_session_id(bench: Bench) -> None:
    """A missing or very long session id is no reason for a refusal."""
    await bench.ask(headers={"x-claude-code-session-id": None})
    await bench.ask(headers={"x-claude-code-session-id": "s" * 2000})


@case("headers")
async def custom_headers(bench: Bench) -> None:
    """Headers a user adds with ANTHROPIC_CUSTOM_HEADERS are accepted."""
    await bench.ask(headers={"x-team": "compilers", "x-request-tag": "a, b; c=d"})


@case("headers")
async def answer_is_json(bench: Bench) -> None:
    """A whole answer is announced as JSON."""
    reply = await bench.ask(stream=False)
    contains("content-type", reply.headers.get("content-type", ""), "application/json")


@case("headers")
async def answers_are_not_cached(bench: Bench) -> None:
    """Nothing in the answer's headers names the provider's key."""
    reply = await bench.ask()
    sent = await bench.last()
    expect(sent.entry["key"], "the provider got no key")
    lacks("headers", json.dumps(dict(reply.headers)), sent.entry["key"])


@case("headers")
async def head_request(bench: Bench) -> None:
    """The client's `HEAD /api/hello` at start is answered with some status, quickly."""
    reply = await bench.gateway.send(None, method="HEAD", path="/api/hello", headers=CLIENT_HEADERS)
    expect(reply.status, f"no answer: {reply.broken}")
    expect(reply.status < 500, f"status is {reply.status}")
