"""Quotas and pauses as the proxy uses them: admission of requests, probes, what outlives a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from callbacks.dialects.causes import Verdict
from callbacks.exchange import Send
from callbacks.quota.admission import Admission, prompt_estimate
from callbacks.quota.own_limits import Gate
from callbacks.quota.persistence import PauseStore
from callbacks.quota.probe_request import ProbeRequest
from callbacks.quota.prober import Prober
from callbacks.quota.quota_book import QuotaBook
from callbacks.quota.report import quota_document
from callbacks.request_context import RequestContext
from callbacks.translate.json_values import as_object, as_text
from litellm_config.hook_settings import HookSettings

Deployments = Callable[[], Iterable[Mapping[str, Any]]]
"""Returns LiteLLM's deployments with their keys, once its Router is there."""


class Quota:
    """The quotas of one proxy process.

    Attributes:
        book: What is known of every key.
    """

    def __init__(
        self,
        settings: HookSettings,
        store: PauseStore,
        saved: Mapping[str, Any],
        ratio: Callable[[str], float],
        sender: Callable[[str], Send],
        deployments: Deployments,
    ) -> None:
        """Put the parts together.

        Args:
            settings: Members, keys, limits.
            store: Keeps pauses over a restart.
            saved: Pauses of an earlier run, as `load_state(path, persistence.PREFIX)` returns them.
            ratio: Calibration of the token estimate, by member.
            sender: Returns what sends to a provider, by its name.
            deployments: Where the keys themselves are found.
        """
        self._settings = settings
        self.book = QuotaBook(settings, store)
        self._prober = Prober(self.book, ProbeRequest(self.book, settings.models, sender).ask)
        self._admission = Admission(self.book, settings, ratio, self._prober.now)
        limits = settings.limits
        self._gate = Gate(limits.proxy, limits.per_token, self.book.now_s)
        self._saved = saved
        self._deployments = deployments
        self._keys_known = False

    async def choose(
        self, deployments: Sequence[Mapping[str, Any]], context: RequestContext
    ) -> list[Mapping[str, Any]]:
        """Return the deployment that takes a request, as a list of one; empty for none of these."""
        self.learn_keys()
        return await self._admission.choose(deployments, context)

    def enter(self, context: RequestContext, token: str) -> Verdict | None:
        """Return why a request may not come in by the user's own limits; None when it may.

        Args:
            context: The request.
            token: Name of the client's token.
        """
        if self._gate.open or context.internal:
            return None
        return self._gate.enter(context.request_id, token, prompt_estimate(context))

    def learn_keys(self) -> None:
        """Find the keys themselves, once, and take over the pauses that an earlier run left for them."""
        if self._keys_known:
            return
        self._keys_known = True
        for deployment in self._deployments():
            identity = as_text(as_object(deployment.get("model_info")).get("id"))
            state = self.book.by_deployment(identity)
            if state is not None:
                params = as_object(deployment.get("litellm_params"))
                state.api_key = as_text(params.get("api_key"))
                state.api_base = as_text(params.get("api_base")).rstrip("/")
        self.book.load(self._saved)

    def finished(self, context: RequestContext) -> None:
        """Settle attempts that are over and do not tell it themselves; called with each finished request."""
        self._gate.leave(context)
        for hop in context.hops:
            if hop.outcome == "running" and not hop.tells_its_end and hop.hold is not None:
                hop.hold.ended(hop)

    def document(self) -> list[dict[str, Any]]:
        """Return what is known of every key, for `GET /ccglm/status`."""
        self.learn_keys()
        return quota_document(self.book, self._settings)

    def close(self) -> None:
        """Probe nobody any more."""
        self._prober.close()
