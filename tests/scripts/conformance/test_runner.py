"""Cases run one by one; whatever they raise becomes a verdict.

The simulated Z.ai speaks Messages itself, so its Anthropic surface is the plainest gateway there is: it
passes what needs no gateway and fails what does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ccglm.simulator.process import SimulatorProcess
from scripts.conformance.bench import Bench, Names
from scripts.conformance.builders import assistant, body, text
from scripts.conformance.expect import CaseFailed, CaseSkipped
from scripts.conformance.guesses import Position
from scripts.conformance.registry import Case
from scripts.conformance.runner import Outcome, Session, judged, run_case, run_cases
from scripts.conformance.upstream import Upstream
from scripts.conformance.wire import Gateway
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]


@asynccontextmanager
async def session(simulator: SimulatorProcess) -> AsyncGenerator[Session]:
    async with (
        Gateway(f"{simulator.api}/api/anthropic", "any") as gateway,
        Upstream(simulator.control, {"zai_concurrency": 0}) as upstream,
    ):
        yield Session(gateway, upstream, "zai-anthropic", Names("glm-4.7", "glm-4.7"))


async def answered(bench: Bench) -> None:
    await bench.say({"tool_calls": [{"name": "Read", "arguments": {}}]})
    await bench.refused({**body("hi"), "model": "no-such"}, status=400)


async def silently_refused(bench: Bench) -> None:
    await bench.send(body("one", assistant(text("")), "two"))


async def strange(bench: Bench) -> None:
    (await bench.send()).message["no such key"]


def case_of(run: object, **fields: object) -> Case:
    return Case("x/y", "x", "It holds.", run, **fields)  # pyright: ignore[reportArgumentType]


async def test_the_providers_refusal_fails_a_case_that_did_not_look(
    simulator: SimulatorProcess,
) -> None:
    async with session(simulator) as made:
        outcome = await run_case(made, case_of(silently_refused))
    assert outcome.verdict == "failed"
    assert "zai/glm-4.7 refused it: 400" in outcome.reason


async def test_an_answer_in_an_unexpected_form_fails_and_the_run_goes_on(
    simulator: SimulatorProcess,
) -> None:
    seen: list[Outcome] = []
    async with session(simulator) as made:
        await run_cases(made, [case_of(strange), case_of(answered)], seen.append)
    assert [outcome.verdict for outcome in seen] == ["failed", "failed"]
    assert "KeyError" in seen[0].reason


async def test_a_guess_is_turned_for_the_run_and_back_after_it(simulator: SimulatorProcess) -> None:
    guesses: list[str] = []

    async def looks(_: Bench) -> None:
        guesses.append(simulator.knobs()["guess"]["zai_prompt_too_long"])

    async with session(simulator) as made:
        position = Position("zai_prompt_too_long", "old")
        outcomes = await run_cases(made, [case_of(looks)], lambda _: None, position)
        await run_cases(made, [case_of(looks)], lambda _: None)
    assert guesses == ["old", "new"]
    assert outcomes[0].position == "zai_prompt_too_long=old"


async def test_a_fault_is_waited_out(simulator: SimulatorProcess) -> None:
    async def breaks(bench: Bench) -> None:
        await bench.fault("server_error", times=0)
        expect_status = (await bench.send()).status
        assert expect_status == 500

    async with session(simulator) as made:
        outcome = await run_case(made, case_of(breaks, fault=True))
        assert outcome.verdict == "passed"
        assert not made.distrusted


async def test_every_way_to_end_has_its_verdict() -> None:
    async def fails() -> None:
        raise CaseFailed("no")

    async def skips() -> None:
        raise CaseSkipped("not here")

    async def hangs() -> None:
        await asyncio.sleep(60)

    async def holds() -> None: ...

    assert await judged(fails, 1) == ("failed", "no")
    assert await judged(skips, 1) == ("skipped", "not here")
    assert await judged(hangs, 0.01) == ("failed", "not over after 0 s")
    assert await judged(holds, 1) == ("passed", "")
