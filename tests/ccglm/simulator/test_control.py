"""The control port over real sockets."""

from typing import Any

import orjson
import pytest

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.provider_calls import CEREBRAS, a_body
from tests.helpers.raw_http import fetch
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]


def ctl(simulator: SimulatorProcess, name: str, body: Any = None, method: str = "POST") -> Any:
    found = fetch(simulator.control, f"/__ctl/{name}", body, method=method)
    return found.status, orjson.loads(found.body)


def test_knobs_are_shown_and_turned(simulator: SimulatorProcess) -> None:
    status, knobs = ctl(simulator, "knobs", method="GET")
    assert (status, knobs["model_set"]) == (200, "legacy_glm")
    status, knobs = ctl(simulator, "knobs", {"guess.system_array": "accept", "cerebras_rpm": 3})
    assert (status, knobs["guess"]["system_array"], knobs["cerebras_rpm"]) == (200, "accept", 3)


def test_scenarios_are_listed_with_their_parameters(simulator: SimulatorProcess) -> None:
    ctl(simulator, "scenario", {"name": "CB-07"})
    _, listed = ctl(simulator, "scenario", method="GET")
    known = {each["name"]: each for each in listed["known"]}
    assert known["CB-09"]["params"] == {"length": 140_000, "limit": 131_072}
    assert known["CB-08"]["times"] == 20
    assert listed["active"] == ["CB-07"]


def test_a_script_is_spoken(simulator: SimulatorProcess) -> None:
    assert ctl(simulator, "script", {"replies": [{"text": "scripted"}]})[0] == 200
    assert b"scripted" in fetch(simulator.api, CEREBRAS, a_body(CEREBRAS)).body


def test_the_log_is_read_in_parts(simulator: SimulatorProcess) -> None:
    for _ in range(2):
        fetch(simulator.api, CEREBRAS, a_body(CEREBRAS))
    _, records = ctl(simulator, "log", method="GET")
    _, newer = ctl(simulator, f"log?since={records[0]['number']}&bodies=0", method="GET")
    assert len(records) == 2
    assert [(record["number"], record["body"]) for record in newer] == [
        (records[1]["number"], None)
    ]


@pytest.mark.parametrize(
    ("name", "body", "part"),
    [
        ("knobs", {"nonsense": 1}, "nonsense"),
        ("knobs", {"split": "odd"}, "split"),
        ("knobs", [], "JSON object"),
        ("knobs", b"{", "unexpected"),
        ("scenario", {"name": "CB-99"}, "no scenario"),
        ("scenario", {}, "name"),
        ("script", {"replies": "hello"}, "replies"),
        ("script", {"replies": [{"txt": "x"}]}, "txt"),
        ("clock", {"advance_s": -1}, "forward"),
        ("clock", {"advance_s": "soon"}, "soon"),
    ],
)
def test_what_makes_no_sense_is_told(
    simulator: SimulatorProcess, name: str, body: Any, part: str
) -> None:
    status, answer = ctl(simulator, name, body)
    assert status == 400
    assert part in answer["error"]


def test_a_script_with_one_wrong_reply_queues_none(simulator: SimulatorProcess) -> None:
    ctl(simulator, "script", {"replies": [{"text": "first"}, {"txt": "x"}]})
    assert b"You said" in fetch(simulator.api, CEREBRAS, a_body(CEREBRAS)).body


def test_the_control_port_does_not_answer_for_a_provider(simulator: SimulatorProcess) -> None:
    assert fetch(simulator.control, CEREBRAS, a_body(CEREBRAS)).status == 404
    assert fetch(simulator.api, "/__ctl/reset", {}).status == 404
