"""The simulator's guess switches: behaviour of the providers that nobody has settled, in each position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from typing_extensions import override

from ccglm.simulator.guesses import Guesses

if TYPE_CHECKING:
    from scripts.conformance.registry import Surface


@dataclass(frozen=True)
class Position:
    """One switch in a position other than its default."""

    name: str
    value: Any

    @override
    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def positions(surface: Surface) -> list[Position]:
    """Return every other position of every switch that concerns the surface's provider."""
    found: list[Position] = []
    for name, field in Guesses.model_fields.items():
        about_zai = name.startswith("zai_")
        if about_zai != (surface != "cerebras") and name != "wording":
            continue
        values: tuple[Any, ...] = get_args(field.annotation) or (True, False)
        found += [Position(name, value) for value in values if value != field.default]
    return found
