"""What a scenario does to one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ccglm.simulator.answer import Refused, StreamEnd
    from ccglm.simulator.events import Events
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.reply import Reply
    from ccglm.simulator.request import ApiRequest


@dataclass(frozen=True)
class Moment:
    """What a refusal may depend on."""

    request: ApiRequest
    knobs: Knobs
    now: datetime


@dataclass(frozen=True)
class Effect:
    """Parts of the normal course that are different; everything left out stays normal."""

    refuse: Callable[[Moment], Refused] | None = None
    """Answer with this error."""
    at_edge: bool = False
    """Refuse before any check, as a proxy in front of the provider would."""
    when: Callable[[ApiRequest], bool] | None = None
    """Only for such requests; the scenario is not used up by others."""
    silence_s: float = 0.0
    """Wait this long before the first byte."""
    change: Callable[[Reply, ApiRequest], Reply] | None = None
    """Say something else."""
    damage: Callable[[Events, Moment], StreamEnd] | None = None
    """Change the rendered stream and say how it ends; for whole answers see `broken`."""
    broken: StreamEnd = "complete"
    """How a whole (not streamed) answer ends."""
    knobs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Knobs that are different for this request."""
    name: str = ""

    def refusal(self, moment: Moment) -> Refused:
        """Return the error this effect answers with; only for effects that refuse."""
        assert self.refuse is not None, "only called for effects that refuse"
        refused = self.refuse(moment)
        refused.scenario = self.name
        return refused
