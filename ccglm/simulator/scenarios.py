"""Scenarios that are switched on: which one shapes the next request, and how often."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from ccglm.simulator.catalogue import SCENARIOS
from ccglm.simulator.effects import Effect
from ccglm.simulator.matching import Match

if TYPE_CHECKING:
    from ccglm.simulator.request import ApiRequest


class ScenarioOrder(BaseModel):
    """A scenario to switch on, as the control port takes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="Such as CB-04 or ZA-01.")
    times: int | None = Field(
        default=None,
        ge=0,
        description="How many requests; 0 is without end, absent is the scenario's own.",
    )
    after: int = Field(
        default=0, ge=0, description="How many fitting requests pass untouched first."
    )
    seconds: float | None = Field(default=None, gt=0, description="How long it lasts, from now.")
    params: dict[str, Any] = Field(
        default={}, description="Values the scenario's description names."
    )
    match: Match = Field(default=Match(), description="Which requests it is for.")


@dataclass
class _Active:
    order: ScenarioOrder
    effect: Effect
    left: int
    """Requests left; -1 is without end."""
    skip: int
    until_s: float | None


class Scenarios:
    """The scenarios in force, in the order in which they were switched on."""

    def __init__(self) -> None:
        self._active: list[_Active] = []

    def add(self, order: ScenarioOrder, *, now_s: float) -> None:
        """Switch a scenario on.

        Raises:
            ValueError: No scenario has this name, or it does not take these parameters.
        """
        scenario = SCENARIOS.get(order.name)
        if scenario is None:
            raise ValueError(f"no scenario {order.name!r}; there are {', '.join(SCENARIOS)}")
        seconds = order.seconds or scenario.seconds
        times = scenario.times if order.times is None else order.times
        effect = replace(scenario.build(order.params), name=order.name)
        match = order.match
        if match.provider is None and scenario.provider is not None:
            match = match.model_copy(update={"provider": scenario.provider})
        self._active.append(
            _Active(
                order=order.model_copy(update={"match": match}),
                effect=effect,
                left=times or -1,
                skip=order.after,
                until_s=None if seconds is None else now_s + seconds,
            )
        )

    def clear(self) -> None:
        """Switch everything off."""
        self._active.clear()

    def names(self) -> list[str]:
        """Return the names of the scenarios still in force."""
        return [active.order.name for active in self._active]

    def take(self, request: "ApiRequest", *, at_edge: bool, now_s: float) -> Effect | None:
        """Return the effect on a request at one of the two stages, and count it.

        Args:
            request: The request.
            at_edge: True before any check, False once the provider's checks have passed.
            now_s: Monotonic seconds.
        """
        self._active = [a for a in self._active if a.until_s is None or a.until_s > now_s]
        for active in self._active:
            if not _concerns(active, request, at_edge=at_edge):
                continue
            if active.skip:
                active.skip -= 1
                continue
            active.left -= 1
            if active.left == 0:
                self._active.remove(active)
            return active.effect
        return None


def _concerns(active: _Active, request: "ApiRequest", *, at_edge: bool) -> bool:
    effect = active.effect
    if effect.at_edge is not at_edge or not active.order.match.fits(request):
        return False
    return effect.when is None or effect.when(request)
