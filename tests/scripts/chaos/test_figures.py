"""The figures say ok only when there was something to lose and nothing was lost."""

from __future__ import annotations

import json

import pytest

from ccglm.simulator.log import RecordedRequest
from scripts.chaos.figures import MAX_EXAMPLES, Figures


def test_nothing_done_is_not_ok() -> None:
    assert not Figures().ok
    assert Figures(turns=1).ok


@pytest.mark.parametrize("bad", ["lost", "wrong", "left_open"])
def test_anything_bad_fails(bad: str) -> None:
    figures = Figures(turns=5)
    setattr(figures, bad, 1)
    assert not figures.ok
    assert figures.text().endswith("failed")


def test_faults_are_counted_by_scenario_or_status() -> None:
    figures = Figures(turns=1)
    figures.note_provider(
        [
            RecordedRequest(provider="zai", status=200),
            RecordedRequest(provider="zai", status=200, scenario="ZA-06"),
            RecordedRequest(provider="cerebras", status=429, error_code="queue_exceeded"),
            RecordedRequest(provider="cerebras", status=413),
        ]
    )
    found = json.loads(json.dumps(figures.document()))
    assert found["faults_met"] == 3
    assert found["faults"] == {"ZA-06": 1, "cerebras queue_exceeded": 1, "cerebras 413": 1}


def test_examples_are_few_and_tame() -> None:
    figures = Figures(turns=1)
    for number in range(3 * MAX_EXAMPLES):
        figures.note_lost(f"number {number} \x1b[31m")
    figures.note_wrong("late")
    assert (figures.lost, figures.wrong, len(figures.examples)) == (30, 1, MAX_EXAMPLES)
    assert "\x1b" not in figures.text()
