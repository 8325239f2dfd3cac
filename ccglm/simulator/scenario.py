"""A fault that a provider is known to show, as data: what it is called and what it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ccglm.simulator.effects import Effect
    from ccglm.simulator.matching import Provider

Params = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """One named fault; `params` are its parameters with their defaults."""

    name: str
    summary: str
    make: Callable[[Params], Effect]
    provider: Provider | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    times: int = 1
    """How many requests it hits unless the order says otherwise; 0 is without end."""
    seconds: float | None = None
    """How long it lasts unless the order says otherwise."""

    def build(self, given: Mapping[str, Any]) -> Effect:
        """Return the effect with the given parameters.

        Raises:
            ValueError: A parameter is not known.
        """
        unknown = set(given) - set(self.params)
        if unknown:
            known = ", ".join(self.params) or "none"
            raise ValueError(f"{self.name} does not take {sorted(unknown)}; it takes {known}")
        return self.make({**self.params, **given})


def by_name(scenarios: Iterable[Scenario]) -> dict[str, Scenario]:
    """Return the scenarios by name.

    Raises:
        ValueError: Two have the same name.
    """
    table: dict[str, Scenario] = {}
    for scenario in scenarios:
        if scenario.name in table:
            raise ValueError(f"two scenarios named {scenario.name}")
        table[scenario.name] = scenario
    return table
