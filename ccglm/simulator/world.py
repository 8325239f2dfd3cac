"""The simulator's whole state, in one place, so that one call resets it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ccglm.simulator.actor import act
from ccglm.simulator.cerebras_limits import CerebrasLimiter
from ccglm.simulator.clock import Clock
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.log import RequestLog
from ccglm.simulator.prefix_cache import PrefixCache
from ccglm.simulator.scenarios import Scenarios
from ccglm.simulator.script import Script

if TYPE_CHECKING:
    from ccglm.simulator.effects import Effect
    from ccglm.simulator.reply import Reply
    from ccglm.simulator.request import ApiRequest


class World:
    """Knobs, script, scenarios, log, clock and what the providers remember."""

    def __init__(self, knobs: Knobs) -> None:
        """Start with these knobs; a reset comes back to them."""
        self._first_knobs = knobs
        self.knobs = knobs
        self.clock = Clock()
        self.script = Script()
        self.scenarios = Scenarios()
        self.log = RequestLog(knobs.log_limit)
        self.limiter = CerebrasLimiter()
        self.prefixes = PrefixCache()
        self.zai_in_flight: Counter[tuple[str, str]] = Counter()

    def reset(self) -> None:
        """Forget everything but the requests that are still being served."""
        self.turn(self._first_knobs)
        self.clock.reset()
        self.script.clear()
        self.scenarios.clear()
        self.log.clear()
        self.limiter.clear()
        self.prefixes.clear()

    def turn(self, knobs: Knobs) -> None:
        """Use other knobs from the next request on."""
        self.knobs = knobs
        self.log.resize(knobs.log_limit)

    def reply_to(
        self, request: ApiRequest, knobs: Knobs, effect: Effect, *, asked_to_think: bool
    ) -> Reply:
        """Return what the model says: the script's reply, or the auto-actor's."""
        reply = self.script.next_for(request)
        if reply is None:
            reply = act(request.conversation, knobs, asked_to_think=asked_to_think)
        return reply if effect.change is None else effect.change(reply, request)

    def cached_tokens(self, request: ApiRequest, knobs: Knobs) -> int:
        """Return how much of the prompt is cached, without remembering it."""
        if not knobs.prompt_cache:
            return 0
        owner = self._cache_owner(request, knobs)
        return self.prefixes.cached_tokens(owner, request.prompt, now_s=self.clock.monotonic_s())

    def remember_prompt(self, request: ApiRequest, knobs: Knobs) -> None:
        """Keep the prompt's prefix for later requests."""
        if knobs.prompt_cache:
            self.prefixes.remember(
                self._cache_owner(request, knobs),
                request.prompt,
                now_s=self.clock.monotonic_s(),
                keep_s=knobs.prompt_cache_s,
            )

    def _cache_owner(self, request: ApiRequest, knobs: Knobs) -> str:
        return f"{request.provider} {knobs.org_of(request.key)} {request.model}"
