"""Learning each model's tokenizer from what its provider reports."""

from __future__ import annotations

import pytest

from callbacks.calibrations import STORE_EVERY, Calibrations
from callbacks.translate.reply_stream import Usage


def reported(prompt: int, cached: int = 0) -> Usage:
    return Usage(input_tokens=prompt - cached, cached_tokens=cached, estimated=False)


def test_an_unknown_model_is_estimated_as_it_is() -> None:
    assert Calibrations().ratio("cerebras/zai-glm-4.7") == 1.0


def test_a_model_is_learned_from_all_tokens_of_its_prompts() -> None:
    calibrations = Calibrations()
    for _ in range(5):
        calibrations.observe("zai/glm-4.7", 1000, reported(1200, cached=800))
    assert calibrations.ratio("zai/glm-4.7") == pytest.approx(1.2)
    assert calibrations.ratio("cerebras/zai-glm-4.7") == 1.0


def test_what_was_learned_outlives_a_restart() -> None:
    kept: dict[str, tuple[float, int]] = {}

    def store(member: str, ratio: float, samples: int) -> None:
        kept[member] = (ratio, samples)

    first = Calibrations(store=store)
    for _ in range(3 * STORE_EVERY):
        first.observe("zai/glm-4.7", 1000, reported(900))
    assert kept["zai/glm-4.7"] == (pytest.approx(0.9), 3 * STORE_EVERY)
    assert Calibrations(kept).ratio("zai/glm-4.7") == pytest.approx(0.9)


def test_not_every_request_is_stored() -> None:
    writes: list[int] = []
    calibrations = Calibrations(store=lambda _member, _ratio, samples: writes.append(samples))
    for _ in range(30):
        calibrations.observe("zai/glm-4.7", 1000, reported(1000))
    assert writes == [*range(1, 11), 20, 30]
