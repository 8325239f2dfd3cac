"""A request's hold on a key: what it reserved, given back or settled when its attempt ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callbacks.quota.key_quota import Need, Observation, Unit
from callbacks.quota.key_state import KeyState
from callbacks.request_context import Hop

if TYPE_CHECKING:
    from callbacks.quota.quota_book import QuotaBook


class Lease:
    """The hold of one attempt.

    Attributes:
        state: The key.
    """

    def __init__(self, book: QuotaBook, state: KeyState, need: Need, session_id: str = "") -> None:
        """Reserve what a request needs.

        Args:
            book: Keeps the key.
            state: The key.
            need: What is reserved.
            session_id: The client's session, empty for none.
        """
        self.state = state
        self._book = book
        self._need = need
        self._session_id = session_id
        self._reserved_s = book.now_s()
        self._ticket = state.quota.reserve(need, self._reserved_s)
        self._shared = state.shared
        self._shared_ticket = (
            state.shared.quota.reserve(need, self._reserved_s) if state.shared else 0
        )
        self._tokens_stated = False
        self._over = False

    @property
    def deployment_id(self) -> str:
        """Return LiteLLM's id of the deployment that is held."""
        return self.state.deployment_id

    def answered(self, observations: Sequence[Observation]) -> None:
        """Take over what the response headers state.

        Answers may overtake each other: what an older request's headers say is not taken over a newer one's.
        """
        state = self.state
        if not observations or self._reserved_s < state.observed_sent_s:
            return
        state.observed_sent_s = self._reserved_s
        state.quota.observe(list(observations), self._reserved_s, self._book.now_s())
        self._tokens_stated = any(
            seen.limit.unit is not Unit.REQUESTS and seen.remaining is not None
            for seen in observations
        )

    def ended(self, hop: Hop) -> None:
        """Settle with what the attempt really took, and tell the book how it went."""
        if not self.settle(hop):
            return
        if hop.outcome in ("served", "running"):
            self._book.served(self.state, hop, self._session_id)
        elif hop.fault is not None:
            self._book.failed(self.state, hop.fault, hop.started_s)
        self._book.changed()

    def settle(self, hop: Hop) -> bool:
        """Settle with what the attempt really took; False when that was done before."""
        if self._over:
            return False
        self._over = True
        actual, now_s = self._actual(hop), self._book.now_s()
        self.state.quota.settle(self._ticket, actual, now_s)
        if self._shared is not None:
            self._shared.quota.settle(self._shared_ticket, actual, now_s)
        return True

    def drop(self) -> None:
        """Give everything back: the request was never sent."""
        if self._over:
            return
        self._over = True
        self.state.quota.give_back(self._ticket, self._book.now_s())
        if self._shared is not None:
            self._shared.quota.give_back(self._shared_ticket, self._book.now_s())
        self._book.changed()

    def _actual(self, hop: Hop) -> Need | None:
        if hop.outcome == "failed" and (hop.status is None or hop.status >= 400):
            # What the headers of a refusal state does not hold the refused request.
            return self._need if self._tokens_stated else None
        usage = hop.usage
        if self._tokens_stated or usage.prompt_tokens == 0:
            # The provider has counted the prompt its own way; only the answer is settled.
            output = usage.output_tokens if hop.outcome != "running" else self._need.output_tokens
            return Need(self._need.prompt_tokens, self._need.cached_tokens, output)
        return Need(usage.prompt_tokens, usage.cached_tokens, usage.output_tokens)
