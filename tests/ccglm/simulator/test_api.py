"""The API port over real sockets: routing by path, refusals with headers, the record of each."""

import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.provider_calls import ALL_SURFACES, CEREBRAS, ZAI_ANTHROPIC, ZAI_OPENAI, a_body
from tests.helpers.raw_http import RawClient, fetch
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]


@pytest.mark.parametrize("path", ALL_SURFACES)
@pytest.mark.parametrize("stream", [False, True])
def test_every_surface_is_served_on_one_port(
    simulator: SimulatorProcess, path: str, stream: bool
) -> None:
    found = fetch(simulator.api, path, a_body(path, stream=stream))
    (record,) = simulator.log()
    assert (found.status, found.complete) == (200, True)
    assert record.path == path
    assert record.stream is stream
    assert record.bytes_sent == len(found.body)
    assert record.source == "actor"
    assert record.finish_reason == "stop"


def test_surfaces_are_told_apart_in_the_log(simulator: SimulatorProcess) -> None:
    for path in ALL_SURFACES:
        fetch(simulator.api, path, a_body(path))
    assert [record.surface for record in simulator.log()] == [
        "cerebras",
        "zai_openai",
        "zai_coding",
        "zai_anthropic",
    ]


def test_a_query_does_not_change_the_route(simulator: SimulatorProcess) -> None:
    found = fetch(simulator.api, f"{ZAI_ANTHROPIC}?beta=true", a_body(ZAI_ANTHROPIC))
    assert found.status == 200
    assert simulator.log()[0].query == "beta=true"


def test_refusals_carry_the_providers_headers_and_are_recorded(simulator: SimulatorProcess) -> None:
    simulator.scenario("CB-05")
    found = fetch(simulator.api, CEREBRAS, a_body(CEREBRAS))
    assert found.status == 429
    assert found.headers["server"] == "cloudflare"
    assert found.headers["x-ratelimit-remaining-tokens-minute"] == "0"
    (record,) = simulator.log()
    assert (record.status, record.error_code) == (429, "token_quota_exceeded")
    assert (record.scenario, record.refused) == ("CB-05", True)


def test_unknown_paths_belong_to_the_provider_whose_prefix_they_have(
    simulator: SimulatorProcess,
) -> None:
    for path in ("/v1/messages", "/api/v1/responses", "/nothing"):
        assert fetch(simulator.api, path, {}).status == 404
    assert [record.provider for record in simulator.log()] == ["cerebras", "zai", "cerebras"]


def test_a_large_body_arrives_whole(simulator: SimulatorProcess) -> None:
    body = a_body(ZAI_OPENAI, "x" * 600_000, model="glm-5.3")
    assert fetch(simulator.api, ZAI_OPENAI, body).status == 200
    assert simulator.log()[0].body == body


def test_bodies_need_not_be_kept(simulator: SimulatorProcess) -> None:
    simulator.knobs(log_bodies=False)
    fetch(simulator.api, CEREBRAS, a_body(CEREBRAS))
    (record,) = simulator.log()
    assert record.body is None
    assert record.body_bytes > 0


def test_a_client_that_leaves_before_its_body_is_sent_does_no_harm(
    simulator: SimulatorProcess,
) -> None:
    with RawClient(simulator.api) as client:
        client._socket.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 100\r\n\r\n{"
        )
    assert fetch(simulator.api, CEREBRAS, a_body(CEREBRAS)).status == 200
