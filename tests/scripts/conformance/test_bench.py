"""What a case can ask of a bench, on the plainest gateway: the simulated Z.ai's own Anthropic surface."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from ccglm.simulator.process import SimulatorProcess
from scripts.conformance.bench import Bench, Names
from scripts.conformance.builders import body, document, image, pdf, png
from scripts.conformance.expect import CaseFailed
from scripts.conformance.upstream import Upstream
from scripts.conformance.wire import Gateway
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]


@pytest.fixture
async def bench(simulator: SimulatorProcess) -> AsyncGenerator[Bench]:
    async with (
        Gateway(f"{simulator.api}/api/anthropic", "any") as gateway,
        Upstream(simulator.control, {}) as upstream,
    ):
        await upstream.reset()
        yield Bench(gateway, upstream, "zai-anthropic", Names("glm-4.7", "glm-4.7"))


async def test_send_reads_streams_and_whole_answers(bench: Bench) -> None:
    for stream in (True, False):
        await bench.say({"thinking": "hm", "text": "Hello."})
        reply = await bench.send(stream=stream)
        assert (reply.status, reply.text, reply.thinking) == (200, "Hello.", "hm")
        assert reply.streamed is stream
    assert [sent.surface for sent in await bench.sent()] == ["zai-anthropic"] * 2
    assert (await bench.last()).headers["x-app"] == "cli"


async def test_refused_insists_on_an_error_of_the_right_kind(bench: Bench) -> None:
    await bench.refused({**body("hi"), "model": "no-such"}, status=400)
    with pytest.raises(CaseFailed, match="it was answered"):
        await bench.refused()
    with pytest.raises(CaseFailed, match="status is 400, not 429"):
        await bench.refused({**body("hi"), "model": "no-such"}, status=429)
    with pytest.raises(CaseFailed, match="type is"):
        await bench.refused({**body("hi"), "model": "no-such"}, kind="rate_limit_error")


async def test_a_refusal_is_blamed_on_the_provider(bench: Bench) -> None:
    with pytest.raises(CaseFailed, match="the provider refused"):
        await bench.ask({**body("hi"), "model": "no-such"})


async def test_a_broken_stream_without_a_word_is_no_honest_end(bench: Bench) -> None:
    await bench.fault("reset_text")
    with pytest.raises(CaseFailed, match="the connection broke"):
        await bench.cut_off()


async def test_count_wants_a_number(bench: Bench) -> None:
    assert await bench.count(body("hello")) > 0
    await bench.turn(**{"guess.zai_count_tokens": "missing"})
    with pytest.raises(CaseFailed, match="status of count_tokens"):
        await bench.count(body("hello"))


async def test_nothing_sent_is_said(bench: Bench) -> None:
    with pytest.raises(CaseFailed, match="sent nothing"):
        await bench.last()


async def test_a_gateway_that_is_not_there_fails_the_case_only(bench: Bench) -> None:
    async with Gateway("http://127.0.0.1:9", "any") as gone:
        bench.gateway = gone
        with pytest.raises(CaseFailed, match="ConnectError"):
            await bench.ask()


def test_pictures_and_documents_are_real_files() -> None:
    assert png(3, 2).startswith(b"\x89PNG\r\n")
    made = pdf("Hi")
    assert made.startswith(b"%PDF-1.4")
    start = int(made.rsplit(b"startxref\n", 1)[1].split()[0])
    assert made[start : start + 4] == b"xref"
    assert image(8, 8)["source"]["media_type"] == "image/png"
    assert document()["source"]["media_type"] == "application/pdf"
