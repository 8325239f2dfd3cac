"""How answers are written: delays, splitting, speed, broken ends, clients that leave."""

import time
from typing import Any

import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.provider_calls import ALL_SURFACES, CEREBRAS, ZAI_ANTHROPIC, ZAI_OPENAI, a_body
from tests.helpers.raw_http import RawClient, fetch
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]

STREAM = a_body(CEREBRAS, stream=True)


def elapsed_s(simulator: SimulatorProcess, body: dict[str, Any]) -> float:
    started_s = time.monotonic()
    assert fetch(simulator.api, CEREBRAS, body).complete
    return time.monotonic() - started_s


def test_the_first_byte_can_be_late(simulator: SimulatorProcess) -> None:
    simulator.knobs(first_byte_delay_ms=120)
    assert elapsed_s(simulator, STREAM) >= 0.12
    (record,) = simulator.log()
    assert record.first_byte_at is not None
    assert record.first_byte_at - record.arrived_at >= 0.12


def test_a_scripted_reply_can_be_late_on_its_own(simulator: SimulatorProcess) -> None:
    simulator.script([{"text": "late", "delay_ms": 100}])
    assert elapsed_s(simulator, a_body(CEREBRAS)) >= 0.1


def test_events_can_be_apart(simulator: SimulatorProcess) -> None:
    simulator.knobs(chunk_delay_ms=10)
    simulator.script([{"text": "a b c d e"}])
    assert elapsed_s(simulator, STREAM) >= 0.06


def test_a_stream_can_have_a_speed(simulator: SimulatorProcess) -> None:
    simulator.knobs(tokens_per_s=1_000, reply_tokens=200)
    assert 0.2 <= elapsed_s(simulator, STREAM) < 2.0


@pytest.mark.parametrize("path", ALL_SURFACES)
@pytest.mark.parametrize("split", ["whole", "coalesce", "byte", "mid_utf8"])
def test_splitting_changes_the_writes_and_not_the_bytes(
    simulator: SimulatorProcess, path: str, split: str
) -> None:
    text = "Größe 東京 🦊 and more words"
    simulator.script([{"thinking": "hm", "text": text, "repeat": 2}])
    body = a_body(path, stream=True)
    plain = fetch(simulator.api, path, body)
    simulator.knobs(split=split)
    cut = fetch(simulator.api, path, body)
    assert cut.complete
    # Ids and times differ from answer to answer; everything else is the same length.
    assert abs(len(cut.body) - len(plain.body)) < 200
    assert cut.body.count(b"data: ") == plain.body.count(b"data: ")
    if split == "byte":
        assert {len(chunk) for chunk in cut.chunks} == {1}
    if split == "coalesce":
        assert len(cut.chunks) < len(plain.chunks)
    if split == "mid_utf8":
        broken = [
            chunk for chunk in cut.chunks if chunk.decode("utf-8", "replace").encode() != chunk
        ]
        assert broken


@pytest.mark.parametrize("path", ALL_SURFACES)
@pytest.mark.parametrize(("end", "reset"), [("reset", True), ("eof", False)])
@pytest.mark.parametrize("stream", [True, False])
def test_a_cut_answer_never_looks_complete(
    simulator: SimulatorProcess, path: str, end: str, reset: bool, stream: bool
) -> None:
    simulator.scenario("cut", params={"end": end})
    found = fetch(simulator.api, path, a_body(path, stream=stream))
    assert found.status == 200
    assert found.body
    assert not found.complete
    assert found.was_reset is reset
    assert not simulator.wait_for(lambda records: not records[0].in_flight)[0].closed_early


def test_a_stream_can_fall_silent_and_carry_on(simulator: SimulatorProcess) -> None:
    simulator.scenario("pause", params={"where": "text", "silence_s": 0.2})
    assert elapsed_s(simulator, STREAM) >= 0.2


def test_a_client_that_leaves_during_a_pause_is_noticed(simulator: SimulatorProcess) -> None:
    simulator.scenario("pause", params={"where": "start", "silence_s": 60})
    with RawClient(simulator.api) as client:
        client.send(CEREBRAS, STREAM)
        client.head()
        client.one_chunk()
    (record,) = simulator.wait_for(lambda records: not records[0].in_flight)
    assert record.closed_early


def test_a_stalled_stream_stays_open_until_the_client_leaves(simulator: SimulatorProcess) -> None:
    simulator.scenario("stall", params={"where": "start"})
    with RawClient(simulator.api) as client:
        client.send(CEREBRAS, STREAM)
        assert client.head().status == 200
        assert b"assistant" in client.one_chunk()
        assert simulator.log()[0].in_flight
    (record,) = simulator.wait_for(lambda records: not records[0].in_flight)
    assert record.closed_early


@pytest.mark.parametrize("path", [CEREBRAS, ZAI_OPENAI, ZAI_ANTHROPIC])
def test_a_client_that_leaves_a_running_stream_is_noticed(
    simulator: SimulatorProcess, path: str
) -> None:
    simulator.knobs(tokens_per_s=50, reply_tokens=5_000)
    with RawClient(simulator.api) as client:
        client.send(path, a_body(path, stream=True))
        client.head()
        client.one_chunk()
    started_s = time.monotonic()
    (record,) = simulator.wait_for(lambda records: not records[0].in_flight)
    assert time.monotonic() - started_s < 1.0
    assert record.closed_early
    assert 0 < record.bytes_sent < 100_000


def test_a_client_that_leaves_before_the_first_byte_is_noticed(simulator: SimulatorProcess) -> None:
    simulator.scenario("CB-23")
    with RawClient(simulator.api) as client:
        client.send(CEREBRAS, STREAM)
        simulator.wait_for(lambda records: len(records) == 1)
    (record,) = simulator.wait_for(lambda records: not records[0].in_flight)
    assert record.closed_early
    assert (record.bytes_sent, record.first_byte_at) == (0, None)


def test_leaving_early_makes_room_for_the_next_at_zai(simulator: SimulatorProcess) -> None:
    simulator.knobs(zai_concurrency=1, tokens_per_s=50, reply_tokens=5_000)
    with RawClient(simulator.api) as client:
        client.send(ZAI_OPENAI, a_body(ZAI_OPENAI, stream=True))
        client.head()
        assert fetch(simulator.api, ZAI_OPENAI, a_body(ZAI_OPENAI)).status == 429
    simulator.wait_for(lambda records: not records[0].in_flight)
    assert fetch(simulator.api, ZAI_OPENAI, a_body(ZAI_OPENAI)).status == 200


def test_a_client_with_a_large_body_is_still_noticed_when_it_leaves(
    simulator: SimulatorProcess,
) -> None:
    simulator.knobs(tokens_per_s=50)
    body = a_body(ZAI_OPENAI, "x" * 300_000 + " tokens:5000", model="glm-5.3", stream=True)
    with RawClient(simulator.api) as client:
        client.send(ZAI_OPENAI, body)
        client.head()
    (record,) = simulator.wait_for(lambda records: bool(records) and not records[0].in_flight)
    assert record.closed_early


def test_a_slow_reader_holds_the_stream_back(simulator: SimulatorProcess) -> None:
    with RawClient(simulator.api) as client:
        client.send(CEREBRAS, a_body(CEREBRAS, "tokens:100000", stream=True))
        client.head()
        time.sleep(0.3)
        record = simulator.log(bodies=False)[0]
        assert record.in_flight
        assert record.bytes_sent < 20_000_000
