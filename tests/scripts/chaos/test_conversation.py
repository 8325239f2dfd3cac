"""A client of the chaos test at a gateway that mends nothing: it sees what is right, wrong, or honest."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ccglm.simulator.process import SimulatorProcess, start_simulator
from scripts.chaos.conversation import MAX_TRIES, MODEL, THINKING_TOKENS, Client
from scripts.chaos.figures import Figures
from tests.helpers.http_server import serve_app

# What Z.ai counts in its own way, and the SDK's types do not know.
ODD_USAGE = b'"server_tool_use":{"web_search_requests":0},'


@pytest.fixture(scope="module")
def provider_process() -> Iterator[SimulatorProcess]:
    with start_simulator(
        zai_extra_models=[MODEL], thinking_tokens=THINKING_TOKENS, zai_concurrency=0
    ) as simulator:
        yield simulator


@pytest.fixture
def provider(provider_process: SimulatorProcess) -> SimulatorProcess:
    provider_process.reset()
    return provider_process


@pytest.fixture(scope="module")
def gateway(provider_process: SimulatorProcess) -> Iterator[str]:
    """The address of a gateway that passes everything on as it comes."""
    upstream = f"{provider_process.api}/api/anthropic/v1/messages"

    async def relay(request: Request) -> Response:
        client = httpx.AsyncClient(trust_env=False, timeout=10)
        sent = client.build_request(
            "POST", upstream, content=await request.body(), headers={"authorization": "Bearer key"}
        )
        answer = await client.send(sent, stream=True)
        headers = {n: v for n, v in answer.headers.items() if n in ("content-type", "retry-after")}

        async def pieces() -> AsyncIterator[bytes]:
            async for data in answer.aiter_bytes():
                yield data.replace(ODD_USAGE, b"")
            await client.aclose()

        return StreamingResponse(pieces(), answer.status_code, headers)

    with serve_app(Starlette(routes=[Route("/v1/messages", relay, methods=["POST"])])) as url:
        yield url


async def talk(gateway: str, times: int = 1, **options: Any) -> Figures:
    figures = Figures()
    client = Client(gateway, "key", "t", random.Random(1), figures, patience_s=0.0, **options)
    left = iter(range(times))
    await client.talk(lambda: next(left, None) is not None)
    return figures


async def test_what_the_model_says_is_right_to_the_byte(
    provider: SimulatorProcess, gateway: str
) -> None:
    figures = await talk(gateway, 8)
    assert figures.examples == []
    assert figures.ok
    assert figures.conversations == 8
    assert figures.turns >= 16
    records = provider.log()
    assert {record.stream for record in records} == {True, False}
    assert any(record.body["messages"][-1]["content"][0]["type"] == "tool_result" for record in records)  # fmt: skip


async def test_other_words_are_wrong(provider: SimulatorProcess, gateway: str) -> None:
    provider.script([{"text": "mark:somebody-else", "repeat": 0}])
    figures = await talk(gateway, 2)
    assert figures.wrong > 0
    assert not figures.ok
    assert "somebody-else" in figures.text()


async def test_a_torn_answer_without_an_error_is_lost(
    provider: SimulatorProcess, gateway: str
) -> None:
    provider.scenario("cut", times=1, params={"where": "text"})
    figures = await talk(gateway)
    assert figures.lost == 1
    assert not figures.ok


async def test_an_answer_that_never_ends_is_lost(provider: SimulatorProcess, gateway: str) -> None:
    provider.scenario("stall", times=1)
    figures = await talk(gateway, limit_s=0.3)
    assert figures.lost == 1
    assert "no end after" in figures.examples[0]


async def test_a_made_up_end_is_wrong(provider: SimulatorProcess, gateway: str) -> None:
    provider.scenario("ZA-06", times=3)
    assert (await talk(gateway, 2)).wrong > 0


async def test_an_honest_error_is_met_by_another_try(
    provider: SimulatorProcess, gateway: str
) -> None:
    body = '{"type":"error","error":{"type":"rate_limit_error","message":"the plan is used up"}}'
    told = {"status": 429, "body": body, "headers": {"retry-after": 3}, "content_type": "application/json"}  # fmt: skip
    provider.scenario("status", times=2, params=told)
    figures = await talk(gateway)
    assert figures.ok
    assert figures.errors == {"429 rate_limit_error": 2}


async def test_a_limit_without_its_wait_is_not_honest(
    provider: SimulatorProcess, gateway: str
) -> None:
    body = '{"type":"error","error":{"type":"rate_limit_error","message":"the plan is used up"}}'
    told = {"status": 429, "body": body, "content_type": "application/json"}
    provider.scenario("status", times=1, params=told)
    assert "retry-after" in (await talk(gateway)).examples[0]


async def test_it_gives_up_after_its_tries(provider: SimulatorProcess, gateway: str) -> None:
    body = '{"type":"error","error":{"type":"api_error","message":"it failed"}}'
    told = {"status": 502, "body": body, "content_type": "application/json"}
    provider.scenario("status", times=0, params=told)
    figures = await talk(gateway)
    assert (figures.gave_up, figures.requests, figures.lost) == (1, MAX_TRIES, 0)


async def test_a_prompt_too_long_begins_anew(provider: SimulatorProcess, gateway: str) -> None:
    message = "prompt is too long: 2 tokens > 1 maximum"
    body = f'{{"type":"error","error":{{"type":"invalid_request_error","message":"{message}"}}}}'
    told = {"status": 400, "body": body, "content_type": "application/json"}
    provider.scenario("status", times=1, params=told)
    figures = await talk(gateway, 2)
    assert (figures.compacted, figures.conversations, figures.ok) == (1, 2, True)
