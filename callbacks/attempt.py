"""One attempt at one deployment: send the request, wait until the answer has begun, hand it on or explain.

The caller gets an answer only when its first event is there, so that any earlier fault is an exception the
Router can fall back from. What the cause table calls `retry` is sent once more to the same deployment; nothing
else is ever sent twice, and no `retry-after` is waited for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from callbacks.dialects.base import Dialect, Target, read_refusal
from callbacks.dialects.causes import Cause, Fault, Remedy
from callbacks.exchange import (
    Send,
    SendFailed,
    Upstream,
    read_answer,
    read_beginning,
    until_closed,
)
from callbacks.guard import unexpected
from callbacks.request_context import Hop, RequestContext
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import as_object, write_json
from callbacks.translate.pacing import paced
from callbacks.translate.reply_stream import ReplyStream, Usage
from callbacks.translate.request import ChatRequest
from callbacks.usage_tools import tools_in_events, tools_in_message

MIN_WHOLE_ANSWER_S = 300.0
"""An answer that is not streamed is silent until it is complete; Claude Code waits 360 s for headers."""

QUEUE_PAUSE_S = (0.3, 0.8)
"""Pause before the one retry of a full queue, which clears in about a second (measured 2026-08)."""

_UNTRANSLATABLE = "the request could not be translated"


class AttemptFailed(Exception):  # noqa: N818  it is not an error of ours
    """The attempt is over and nothing of its answer was passed on."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Timing:
    """The times that shape a stream, from the hook settings."""

    pace_ms: float = 16.0
    ping_s: float = 15.0
    stall_timeout_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has begun.

    Attributes:
        headers: The provider's response headers.
        message: The whole Anthropic message, None for a stream.
        events: The Anthropic events of a stream, None for a whole message.
        source: What the events come from; to be closed too, as events that were never asked for close nothing.
        hop: The attempt's record, for a stream that nobody wants to the end.
    """

    headers: Mapping[str, str]
    message: dict[str, Any] | None = None
    events: AsyncGenerator[bytes, None] | None = None
    source: AsyncGenerator[bytes, None] | None = None
    hop: Hop | None = None

    async def aclose(self) -> None:
        """End the exchange with the provider, wherever it is."""
        for part in (self.events, self.source):
            if part is not None:
                await part.aclose()
        if self.hop is not None:
            self.hop.end("cancelled")


class Attempt:
    """One attempt.

    Attributes:
        hop: Its record in the request's context.
        target: Where it goes.
        fault: Why it failed, None while it has not.
    """

    def __init__(
        self,
        dialect: Dialect,
        target: Target,
        context: RequestContext,
        hop: Hop,
        timing: Timing,
        observe_usage: Callable[[str, int, Usage], None],
    ) -> None:
        self.hop = hop
        hop.tells_its_end = True
        self.target = target
        self.fault: Fault | None = None
        self._dialect = dialect
        self._context = context
        self._timing = timing
        self._observe_usage = observe_usage
        self._request: ChatRequest | None = None

    def prepare(self, body: Mapping[str, Any]) -> ChatRequest:
        """Translate the client's body; the answer will carry the name the client asked for.

        Raises:
            AttemptFailed: It cannot be translated.
        """
        try:
            asked = self._context.requested_model or body.get("model")
            request = self._dialect.request({**body, "model": asked}, self.target)
        except Exception as error:  # a request we cannot translate must not end the chain
            unexpected(error, f"translating a request for {self.target.member}")
            raise self._failed(self._fault_of(Cause.BAD_REQUEST, _UNTRANSLATABLE)) from error
        self._request = request
        self.hop.notes = request.notes
        self._context.estimated_input_tokens = request.context.estimated_input_tokens
        return request

    async def run(self, send: Send, *, stream: bool) -> Answer:
        """Send the request, and once more where the cause table says so.

        Raises:
            AttemptFailed: No answer has begun.
        """
        try:
            try:
                return await self._once(send, stream=stream)
            except AttemptFailed as failed:
                if failed.fault.rule.remedy is not Remedy.RETRY:
                    raise
                self.hop.retried = True
                if failed.fault.cause is not Cause.EMPTY_REPLY:
                    await asyncio.sleep(random.uniform(*QUEUE_PAUSE_S))  # noqa: S311  jitter, not a secret
                return await self._once(send, stream=stream)
        except AttemptFailed as failed:
            raise self._failed(failed.fault) from failed
        except asyncio.CancelledError:
            self.hop.end("cancelled")
            raise

    async def _once(self, send: Send, *, stream: bool) -> Answer:
        request = self._request
        assert request is not None, "prepare() comes first"
        body = write_json(request.body).encode()
        limit_s = self._timing.stall_timeout_s
        if not stream:
            limit_s = max(limit_s, MIN_WHOLE_ANSWER_S)
        try:
            async with asyncio.timeout(limit_s):
                upstream = await send(
                    self._dialect.url(self.target), self._dialect.headers(self.target), body
                )
                self.hop.status = upstream.status_code
                self._observe_limits(upstream)
                if upstream.status_code >= 400:
                    raise AttemptFailed(await self._refused(upstream, request))
                if not stream:
                    return await self._whole(upstream, request)
        except SendFailed as failed:
            raise AttemptFailed(self._fault_of(failed.cause, failed.detail)) from failed
        except TimeoutError as error:
            silence = f"nothing came for {limit_s:.0f} s"
            raise AttemptFailed(self._fault_of(Cause.TIMEOUT, silence)) from error
        return await self._begun(upstream, request)

    def _observe_limits(self, upstream: Upstream) -> None:
        headers = {name.lower(): value for name, value in upstream.headers.items()}
        self.hop.observe(self._dialect.quota(headers))

    async def _refused(self, upstream: Upstream, request: ChatRequest) -> Fault:
        async with aclosing(upstream):
            body = await read_beginning(upstream)
        reserved = request.body.get("max_completion_tokens") or request.body.get("max_tokens") or 0
        headers = {name.lower(): value for name, value in upstream.headers.items()}
        refusal = read_refusal(upstream.status_code, headers, body, request.context, reserved)
        return self._dialect.fault(refusal, self.target)

    async def _whole(self, upstream: Upstream, request: ChatRequest) -> Answer:
        async with aclosing(upstream):
            body = await upstream.aread()
        try:
            message = self._dialect.message(read_answer(body), request.context)
        except ReplyFault as fault:
            explained = self._dialect.reply_fault(fault, self.target, request.context)
            raise AttemptFailed(explained) from fault
        self.hop.tools_called = tools_in_message(message)
        usage = as_object(message.get("usage"))
        self._served(
            request,
            Usage(
                input_tokens=usage.get("input_tokens", 0),
                cached_tokens=usage.get("cache_read_input_tokens", 0),
                output_tokens=usage.get("output_tokens", 0),
                estimated=False,
            ),
            message.get("stop_reason"),
        )
        return Answer(upstream.headers, message=message)

    async def _begun(self, upstream: Upstream, request: ChatRequest) -> Answer:
        stream = self._dialect.stream(request.context)
        events = paced(
            until_closed(upstream),
            stream,
            pace_ms=self._timing.pace_ms,
            ping_s=self._timing.ping_s,
            stall_timeout_s=self._timing.stall_timeout_s,
        )
        try:
            first = await anext(events)
        except ReplyFault as fault:
            explained = self._dialect.reply_fault(fault, self.target, request.context)
            raise AttemptFailed(explained) from fault
        except StopAsyncIteration as error:
            nothing = self._fault_of(Cause.EMPTY_REPLY, "the stream ended before it began")
            raise AttemptFailed(nothing) from error
        self.hop.mark_first_byte()
        relayed = self._relay(first, events, stream, request)
        return Answer(upstream.headers, events=relayed, source=events, hop=self.hop)

    async def _relay(
        self,
        first: bytes,
        events: AsyncGenerator[bytes, None],
        stream: ReplyStream,
        request: ChatRequest,
    ) -> AsyncGenerator[bytes, None]:
        """Yield the events of a stream that has begun, and note how it ended."""
        async with aclosing(events):
            try:
                yield self._worded(first, stream, request)
                async for chunk in events:
                    yield self._worded(chunk, stream, request)
            finally:
                self._ended(stream, request)

    def _worded(self, chunk: bytes, stream: ReplyStream, request: ChatRequest) -> bytes:
        """Give the `error` event of a broken stream our wording, which names provider and cause."""
        self.hop.tools_called += tools_in_events(chunk)
        if stream.fault is None:
            return chunk
        events, found, _ = chunk.partition(b"event: error\n")
        if not found:
            return chunk
        fault = self._dialect.reply_fault(stream.fault, self.target, request.context)
        self.hop.fault = fault
        return events + stream.fault.event(fault.rule.error_type, fault.sentence)

    def _ended(self, stream: ReplyStream, request: ChatRequest) -> None:
        self.hop.usage = stream.usage
        self.hop.stop_reason = stream.stop_reason
        if stream.fault is not None:
            fault = self._dialect.reply_fault(stream.fault, self.target, request.context)
            self.hop.end("failed", fault)
        elif stream.done:
            self._served(request, stream.usage, stream.stop_reason)
        else:
            self.hop.end("cancelled")

    def _served(self, request: ChatRequest, usage: Usage, stop_reason: str | None) -> None:
        self.hop.mark_first_byte()
        self.hop.usage = usage
        self.hop.stop_reason = stop_reason
        self.hop.end("served")
        if not usage.estimated:
            estimate = request.context.estimated_input_tokens / self.target.token_ratio
            self._observe_usage(self.target.member, round(estimate), usage)

    def _fault_of(self, cause: Cause, detail: str) -> Fault:
        facts = self.target.facts
        return Fault(cause, facts.provider, facts.model, self.target.key_label, detail)

    def _failed(self, fault: Fault) -> AttemptFailed:
        self.fault = fault
        self.hop.end("failed", fault)
        return AttemptFailed(fault)
