"""Every guess of the simulator is turned, and the simulator knows every position."""

from __future__ import annotations

from ccglm.simulator.guesses import Guesses
from ccglm.simulator.knobs import Knobs
from scripts.conformance.guesses import positions
from scripts.conformance.registry import SURFACES


def test_together_the_surfaces_turn_every_guess() -> None:
    turned = {position.name for surface in SURFACES for position in positions(surface)}
    assert turned == set(Guesses.model_fields)


def test_every_position_differs_from_the_default_and_is_known_to_the_simulator() -> None:
    for surface in SURFACES:
        for position in positions(surface):
            knobs = Knobs().patched({f"guess.{position.name}": position.value})  # pyright: ignore[reportCallIssue]
            assert getattr(knobs.guess, position.name) == position.value
            assert getattr(Guesses(), position.name) != position.value  # pyright: ignore[reportCallIssue]


def test_a_position_reads_as_name_and_value() -> None:
    assert "system_array=accept" in [str(position) for position in positions("cerebras")]
