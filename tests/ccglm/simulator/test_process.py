"""The simulator as a child process: starts, answers, is steered, stops."""

from __future__ import annotations

import http.client
import json
import os
import time
from typing import Any

import pytest

from ccglm.errors import PrerequisiteError
from ccglm.simulator.process import SimulatorError, SimulatorProcess, start_simulator
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]

CHAT = "/v1/chat/completions"


def post(base: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
    headers = {"authorization": "Bearer key", "content-type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def ask(text: str = "hello") -> dict[str, Any]:
    return {"model": "zai-glm-4.7", "messages": [{"role": "user", "content": text}]}


def test_a_simulator_starts_quickly_and_leaves_no_process() -> None:
    started_s = time.monotonic()
    with start_simulator(models="legacy_glm") as process:
        assert time.monotonic() - started_s < 10
        assert post(process.api, CHAT, ask())[0] == 200
        pid = process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stopping_twice_is_fine() -> None:
    process = start_simulator()
    process.stop()
    process.stop()


def test_a_taken_port_is_told_in_the_simulators_own_words(simulator: SimulatorProcess) -> None:
    port = int(simulator.api.rsplit(":", 1)[1])
    with pytest.raises(PrerequisiteError, match="cannot listen"):
        start_simulator(api_port=port)


def test_the_log_has_typed_records(simulator: SimulatorProcess) -> None:
    post(simulator.api, CHAT, ask("hello there"))
    (record,) = simulator.log()
    assert (record.provider, record.surface, record.path) == ("cerebras", "cerebras", CHAT)
    assert (record.status, record.key, record.model) == (200, "key", "zai-glm-4.7")
    assert record.body == ask("hello there")
    assert record.completion_tokens > 0
    assert not record.refused
    assert not record.closed_early
    assert not record.in_flight


def test_the_log_can_be_read_from_a_number_and_filtered(simulator: SimulatorProcess) -> None:
    for text in ("one", "two"):
        post(simulator.api, CHAT, ask(text))
    first, second = simulator.log()
    assert simulator.log(since=first.number) == [second]
    assert simulator.log(provider="zai") == []
    assert len(simulator.log(path_ends="/completions")) == 2
    assert simulator.log(bodies=False)[0].body is None


def test_a_reset_turns_the_knobs_back_to_those_it_started_with(simulator: SimulatorProcess) -> None:
    simulator.knobs(model_set="public_2026_11")
    assert post(simulator.api, CHAT, ask())[0] == 404
    simulator.reset()
    assert post(simulator.api, CHAT, ask())[0] == 200
    assert simulator.knobs()["zai_concurrency"] == 0


def test_the_clock_can_be_moved_forward(simulator: SimulatorProcess) -> None:
    simulator.knobs(cerebras_rpm=1)
    assert [post(simulator.api, CHAT, ask())[0] for _ in range(2)] == [200, 429]
    simulator.advance(60)
    assert post(simulator.api, CHAT, ask())[0] == 200


def test_an_order_that_makes_no_sense_is_refused(simulator: SimulatorProcess) -> None:
    with pytest.raises(SimulatorError, match="tokens_per_second"):
        simulator.knobs(tokens_per_second=1)
    with pytest.raises(SimulatorError, match="no scenario 'CB-99'"):
        simulator.scenario("CB-99")
    with pytest.raises(SimulatorError, match="does not take"):
        simulator.scenario("CB-07", params={"colour": "red"})
    with pytest.raises(SimulatorError, match="texxt"):
        simulator.script([{"texxt": "hello"}])


def test_waiting_for_a_condition_that_never_holds_ends(simulator: SimulatorProcess) -> None:
    with pytest.raises(TimeoutError, match="never met"):
        simulator.wait_for(lambda records: len(records) > 0, timeout_s=0.05)
