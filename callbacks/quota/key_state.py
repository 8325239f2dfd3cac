"""All that is known about one key of one member, and the small decisions about it alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from callbacks.dialects.base import overflow_wording
from callbacks.dialects.causes import Cause, Fault
from callbacks.quota.key_quota import KeyQuota, Need, Unit
from callbacks.quota.own_limits import OwnLimit

CEILING_GROWS_EVERY_S = 10.0
"""After a refusal for too many requests at once, one more is tried each time this long."""


@dataclass(slots=True)
class KeyState:
    """One key of one member.

    Attributes:
        member: `provider/model`.
        key_label: Name of the key's variable.
        deployment_id: LiteLLM's id of the deployment.
        quota: Its buckets, and the pause while it lasts.
        concurrency: Most requests at once by the settings, None for no limit.
        weight: Its share under the strategy `weighted`.
        context_tokens: Context window of the model, None for unknown.
        fault: Why it rests, or None.
        strikes: Faults in a row.
        struck_s: When the newest strike was counted, on the book's clock.
        due: The pause is over and nobody has asked since: a probe comes first.
        probing: The probe is under way.
        wanted: A request would have gone here during the pause.
        turns: Requests it was given.
        tight: New sessions are sent on because the safety margin is reached.
        ceiling: Requests at once that the provider was seen to take; None: it never refused for that.
        ceiling_s: When that was seen.
        observed_sent_s: When the request was sent whose answer the buckets were last set by.
        shared: The user's own limits for all keys of the provider, None for none.
        api_key: The key itself, for the probe; never shown.
        api_base: Where it is used.
    """

    member: str
    key_label: str
    deployment_id: str
    quota: KeyQuota
    concurrency: int | None = None
    weight: int = 1
    context_tokens: int | None = None
    fault: Fault | None = None
    strikes: int = 0
    struck_s: float = -math.inf
    due: bool = False
    probing: bool = False
    wanted: bool = False
    turns: int = 0
    tight: bool = False
    ceiling: int | None = None
    ceiling_s: float = 0.0
    observed_sent_s: float = -math.inf
    shared: OwnLimit | None = None
    api_key: str = field(default="", repr=False)
    api_base: str = ""

    @property
    def provider(self) -> str:
        """Return the provider's name."""
        return self.member.partition("/")[0]

    @property
    def model(self) -> str:
        """Return the model id at the provider."""
        return self.member.partition("/")[2]

    def resting(self, now_s: float) -> bool:
        """Tell whether no request goes here: a pause, or its end that is not confirmed yet."""
        return self.quota.cooling_at(now_s) is not None or self.due or self.probing

    def places(self, now_s: float) -> int | None:
        """Return the most requests at once, as set and as seen; None for no limit."""
        seen = None
        if self.ceiling is not None:
            seen = self.ceiling + int((now_s - self.ceiling_s) / CEILING_GROWS_EVERY_S)
        known = [limit for limit in (self.concurrency, seen) if limit is not None]
        return min(known, default=None)

    def full(self, now_s: float) -> bool:
        """Tell whether no more requests fit in at once; when one ends is not known."""
        places = self.places(now_s)
        return places is not None and self.quota.in_flight >= places

    def lower_ceiling(self, now_s: float) -> None:
        """Note a refusal for too many at once: what is in flight beside it is what the provider takes."""
        beside = max(1, self.quota.in_flight - 1)
        most = self.places(now_s)
        self.ceiling = beside if most is None else min(beside, max(1, most - 1))
        self.ceiling_s = now_s

    def standing_fault(self, need: Need, now_s: float) -> Fault | None:
        """Return why this key cannot take a request now, as the fault that a refusal would be; None if it can."""
        if self.fault is not None and self.resting(now_s):
            left_s = self.quota.ready_in_s(now_s)
            if math.isinf(left_s):
                return self.fault
            return replace(self.fault, retry_after_s=max(1.0, left_s), until=None)
        if self.shared is not None:
            wait_s, what = self.shared.obstacle(need, now_s)
            if what:
                detail = f"the limit in the settings is reached, {what}"
                return self._fault(Cause.REQUEST_QUOTA, detail, wait_s)
        if self.full(now_s):
            detail = f"{self.places(now_s)} requests are under way already"
            return self._fault(Cause.CONCURRENCY, detail, 1.0)
        wait_s, limit = self.quota.shortage(need, 0.0, now_s)
        if limit is None:
            return None
        if math.isinf(wait_s):
            window = self.context_tokens
            if window is not None and need.prompt_tokens > window:
                # No bucket would help; of this the client can compact.
                said = overflow_wording(need.prompt_tokens, window)
                return self._fault(Cause.CONTEXT_OVERFLOW, said, None)
            size = f"{self.quota.buckets[limit].capacity:,.0f} {limit.words}"
            return self._fault(Cause.OVERSIZE_REQUEST, f"it takes {size} at most", None)
        cause = Cause.REQUEST_QUOTA if limit.unit is Unit.REQUESTS else Cause.TOKEN_QUOTA
        return self._fault(cause, f"the {limit.words} are used up", wait_s)

    def margin_fault(self, need: Need, margin: float, now_s: float) -> Fault:
        """Return why a key with some room was passed over all the same: what is left is kept free."""
        limit = self.quota.shortage(need, margin, now_s)[1]
        tokens = limit is not None and limit.unit is not Unit.REQUESTS
        cause = Cause.TOKEN_QUOTA if tokens else Cause.REQUEST_QUOTA
        return self._fault(cause, "the rest is kept for running sessions", 1.0)

    def _fault(self, cause: Cause, detail: str, wait_s: float | None) -> Fault:
        return Fault(cause, self.provider, self.model, self.key_label, detail, retry_after_s=wait_s)
