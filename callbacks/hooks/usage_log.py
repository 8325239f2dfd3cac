"""One row in the usage store for each client request, whatever became of it; it only looks on.

The edge tells when a request is over, once, also when it fell back, failed wholly or the client
went away; what is known then is in the request's context. Two things may come later: LiteLLM's
report of an answer that its own adapter translated (that attempt knows no tokens), and the end of a
stream that the client left. Such a request waits `SETTLE_S` at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from callbacks.guard import unexpected
from callbacks.request_context import RequestContext, find_request
from callbacks.usage_record import Prices, Report, report_of, usage_row
from callbacks.usage_writer import UsageWriter

SETTLE_S = 3.0
"""LiteLLM reports through a queue of its own, some milliseconds after the answer."""

MAX_EARLY_REPORTS = 1000
"""Reports of requests that are not over yet; more means that nobody tells us of their end."""


class UsageLog:
    """Turns finished requests into rows."""

    def __init__(
        self, writer: UsageWriter, prices: Mapping[str, Prices], *, settle_s: float = SETTLE_S
    ) -> None:
        """Remember where rows go.

        Args:
            writer: Takes the rows.
            prices: What tokens cost, by chain member.
            settle_s: How long a request whose last attempt has not ended waits for what comes
                later.
        """
        self._writer = writer
        self._prices = prices
        self._settle_s = settle_s
        self._waiting: dict[str, tuple[RequestContext, asyncio.TimerHandle]] = {}
        self._early: dict[str, Report] = {}

    def finished(self, context: RequestContext) -> None:
        """Take note of a request that is over; called on the event loop, once for each."""
        try:
            if context.internal:
                return
            report = self._early.pop(context.request_id, None)
            running = any(hop.outcome == "running" for hop in context.hops)
            if report is None and running:
                loop = asyncio.get_running_loop()
                timer = loop.call_later(self._settle_s, self._settle, context.request_id, None)
                self._waiting[context.request_id] = (context, timer)
            else:
                self._write(context, report)
        except Exception as error:  # noqa: BLE001  looking on must never harm a request
            unexpected(error, "noting a finished request")

    def reported(self, kwargs: Mapping[str, Any]) -> None:
        """Take LiteLLM's report of a served request: the kwargs of `async_log_success_event`."""
        try:
            context = find_request(kwargs)
            if context is None or not any(hop.outcome == "running" for hop in context.hops):
                return
            report = report_of(kwargs)
            if context.request_id in self._waiting:
                self._settle(context.request_id, report)
            elif report is not None and context.duration_ms is None:
                self._early[context.request_id] = report
                if len(self._early) > MAX_EARLY_REPORTS:
                    del self._early[next(iter(self._early))]
        except Exception as error:  # noqa: BLE001  looking on must never harm a request
            unexpected(error, "reading LiteLLM's report of a request")

    async def close(self) -> None:
        """Write what still waits and what is queued; later requests are not recorded."""
        for request_id in list(self._waiting):
            self._settle(request_id, None)
        await asyncio.to_thread(self._writer.close)

    def _settle(self, request_id: str, report: Report | None) -> None:
        context, timer = self._waiting.pop(request_id)
        timer.cancel()
        try:
            self._write(context, report)
        except Exception as error:  # noqa: BLE001  called by a timer
            unexpected(error, "recording a request")

    def _write(self, context: RequestContext, report: Report | None) -> None:
        self._writer.put_row(usage_row(context, self._prices, report))
