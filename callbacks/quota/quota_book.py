"""What is known of every key of every member: quotas, pauses, who served. One object a process, on the event loop."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from callbacks.dialects.causes import Cause, Fault
from callbacks.quota import persistence
from callbacks.quota.cooldowns import Pause, exhausted, pause_for
from callbacks.quota.key_quota import KeyQuota, Need
from callbacks.quota.key_state import KeyState
from callbacks.quota.lease import Lease
from callbacks.quota.own_limits import OwnLimit
from callbacks.quota.persistence import PauseStore
from callbacks.quota.plan_limits import limits_of
from callbacks.quota.sessions import Sessions
from callbacks.quota.words import for_how_long
from callbacks.request_context import Hop
from litellm_config.hook_settings import HookSettings

_LOG = logging.getLogger("ccglm")


def _now() -> datetime:
    return datetime.now(UTC)


class QuotaBook:
    """All keys.

    Attributes:
        sessions: Where sessions sit.
        on_pause: Called with a key whose pause has begun and its length in seconds; the prober listens.
    """

    def __init__(
        self,
        settings: HookSettings,
        store: PauseStore | None = None,
        *,
        now_s: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _now,
    ) -> None:
        """Start with full quotas and no pauses.

        Args:
            settings: Members, keys and plan limits.
            store: Keeps pauses over a restart; None keeps none.
            now_s: A clock that only goes forward, in seconds.
            now: Wall clock, aware.
        """
        self.now_s = now_s
        self.sessions = Sessions()
        self.on_pause: Callable[[KeyState, float], None] = lambda _state, _length_s: None
        self._now = now
        self._store = store
        self._models = settings.models
        self._plans = settings.limits.quotas
        self._changed = asyncio.Event()
        shared = {
            name: OwnLimit.of(limits, now_s()) for name, limits in settings.limits.providers.items()
        }
        self._members: dict[str, tuple[KeyState, ...]] = {
            member: _states_of(member, settings, now_s()) for member in settings.models
        }
        for state in self.states():
            state.shared = shared.get(state.provider)
        self._by_deployment = {s.deployment_id: s for s in self.states()}

    def states(self) -> list[KeyState]:
        """Return every key of every member."""
        return [state for keys in self._members.values() for state in keys]

    def keys_of(self, member: str) -> tuple[KeyState, ...]:
        """Return the keys of a member in the order of the settings, up to date; empty for an unknown member."""
        keys = self._members.get(member, ())
        for state in keys:
            self._look(state)
        return keys

    def by_deployment(self, deployment_id: str) -> KeyState | None:
        """Return the key that LiteLLM's deployment id stands for."""
        return self._by_deployment.get(deployment_id)

    def hold(self, state: KeyState, need: Need, session_id: str = "") -> Lease:
        """Reserve what a request needs of a key."""
        state.turns += 1
        return Lease(self, state, need, session_id)

    def _look(self, state: KeyState) -> None:
        """Notice the end of a pause: from then on the key waits for a probe."""
        cooling = state.quota.cooling
        if cooling is not None and cooling.until_s <= self.now_s():
            state.quota.resume()
            state.due = True

    def served(self, state: KeyState, hop: Hop, session_id: str) -> None:
        """Note an answer; it ends a pause that was older than the request."""
        state.quota.served += 1
        self.sessions.take(
            session_id, state.member, state.key_label, hop.usage.cached_tokens, self.now_s()
        )
        if hop.started_s >= state.struck_s:
            self.recovered(state)

    def recovered(self, state: KeyState) -> None:
        """End a pause for good: the key answers."""
        rested = state.fault is not None
        state.strikes = 0
        self._lift(state)
        if rested:
            _LOG.info("%s with %s serves again", state.member, state.key_label)
            self.changed()

    def failed(self, state: KeyState, fault: Fault, started_s: float) -> None:
        """Draw the consequences of a fault for the requests that come after it.

        Args:
            state: The key.
            fault: What went wrong.
            started_s: When the failed request began; one from before the newest strike is no strike of its own.
        """
        now_s = self.now_s()
        if fault.cause is Cause.CONCURRENCY:
            state.quota.refused += 1
            state.lower_ceiling(now_s)
        if (gone := exhausted(fault)) is not None:
            state.quota.refused += 1
            state.quota.empty(*gone, now_s)
        known = started_s < state.struck_s and state.resting(now_s)
        pause = pause_for(fault, max(0, state.strikes - 1) if known else state.strikes, self._now())
        if pause is None:
            return
        for each in self._affected(state, pause):
            self._pause(each, fault, pause, known=known)

    def _affected(self, state: KeyState, pause: Pause) -> list[KeyState]:
        if not pause.key_wide:
            return [state]
        same = (state.provider, state.key_label)
        return [s for s in self.states() if (s.provider, s.key_label) == same]

    def _pause(self, state: KeyState, fault: Fault, pause: Pause, *, known: bool) -> None:
        now_s = self.now_s()
        longer = now_s + pause.length_s > _ends_s(state)
        if not longer and not state.due:
            return
        if not known:
            state.strikes += 1
            state.struck_s = now_s
        said = state.fault is not None and state.fault.cause is fault.cause
        state.fault, state.due, state.wanted = fault, False, not pause.for_good
        state.quota.cool(now_s + pause.length_s, fault.cause.value)
        if not (said and known):
            self._say(state, fault, pause)
        self._keep(state, pause.length_s)
        if not pause.for_good:
            self.on_pause(state, pause.length_s)

    def _say(self, state: KeyState, fault: Fault, pause: Pause) -> None:
        if not pause.for_good:
            words = ("%s with %s rests for %s: %s", for_how_long(pause.length_s), fault.cause.value)
            _LOG.info(words[0], state.member, state.key_label, *words[1:])
            return
        facts = self._models.get(state.member)
        instead = facts.successor if facts and fault.cause is Cause.MODEL_MISSING else None
        hint = f"; `{instead}` is its successor" if instead else ""
        _LOG.warning(
            "%s with %s is out of service until something changes: %s%s",
            state.member, state.key_label, fault.sentence, hint,
        )  # fmt: skip

    def _keep(self, state: KeyState, length_s: float) -> None:
        if self._store is not None and math.isfinite(length_s):
            value = persistence.to_value(state, length_s, self._now())
            self._store.put_state(persistence.state_key(state), value)

    def _lift(self, state: KeyState) -> None:
        if self._store is not None and state.fault is not None:
            self._store.delete_state(persistence.state_key(state))
        state.quota.resume()
        state.fault, state.due, state.probing, state.wanted = None, False, False, False

    def resume_all(self) -> None:
        """Start afresh: no pauses, no strikes, full quotas; somebody says that things have changed."""
        now_s = self.now_s()
        for state in self.states():
            state.strikes, state.ceiling, state.struck_s = 0, None, -math.inf
            state.quota.refill(limits_of(self._plans.get(state.member)), now_s)
            self._lift(state)
        _LOG.info("all pauses were ended by hand")
        self.changed()

    def load(self, values: Mapping[str, Any]) -> None:
        """Take over the pauses of an earlier run; called once a key's own value is known.

        Args:
            values: As `load_state(path, persistence.PREFIX)` returns them.
        """
        states = {persistence.state_key(s): s for s in self.states()}
        for name, saved in persistence.from_values(values, states).items():
            left_s = (saved.until - self._now()).total_seconds()
            state = states[name]
            if state.fault is not None or (
                saved.fingerprint and persistence.fingerprint(state.api_key) != saved.fingerprint
            ):
                continue
            state.fault, state.strikes = saved.fault, saved.strikes
            state.quota.cool(self.now_s() + max(0.0, left_s), saved.fault.cause.value)

    def note_tight(self, state: KeyState, *, tight: bool) -> None:
        """Note whether new sessions are sent on to keep the safety margin; said once for each change."""
        if tight and not state.tight:
            _LOG.info(
                "%s with %s is down to its safety margin: new sessions start elsewhere",
                state.member, state.key_label,
            )  # fmt: skip
        state.tight = tight

    def changed(self) -> None:
        """Wake those who wait for room."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_change(self, longest_s: float) -> None:
        """Return when something changed, or after so many seconds."""
        try:
            async with asyncio.timeout(longest_s):
                await self._changed.wait()
        except TimeoutError:
            return


def _ends_s(state: KeyState) -> float:
    return -math.inf if state.quota.cooling is None else state.quota.cooling.until_s


def _states_of(member: str, settings: HookSettings, now_s: float) -> tuple[KeyState, ...]:
    limits = settings.limits
    provider = settings.models[member].provider
    labels = limits.keys.get(provider) or ("",)
    return tuple(
        KeyState(
            member=member,
            key_label=label,
            deployment_id=f"{member}#{number}",
            quota=KeyQuota.from_plan(limits_of(limits.quotas.get(member)), now_s),
            concurrency=limits.concurrency.get(member),
            weight=limits.weights.get(label, 1),
            context_tokens=settings.models[member].context_tokens,
        )
        for number, label in enumerate(labels, start=1)
    )
