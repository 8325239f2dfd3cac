"""What a dialect is: everything special about one provider, behind five methods that know no LiteLLM.

An attempt (`callbacks/attempt.py`) asks the dialect for the request, sends it, and hands it whatever comes
back. What all providers share (statuses, broken streams, overflow wording) is read here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.error_body import (
    ErrorBody,
    clean,
    read_error_body,
    read_error_object,
    retry_after_s,
)
from callbacks.quota.key_quota import Observation
from callbacks.translate.context import ReplyContext
from callbacks.translate.faults import ReplyFault
from callbacks.translate.reply_stream import ReplyStream
from callbacks.translate.request import ChatRequest
from litellm_config.hook_settings import ModelFacts


@dataclass(frozen=True, slots=True)
class Target:
    """Where one attempt goes.

    Attributes:
        member: Chain member, `provider/model`.
        deployment_id: LiteLLM's id of the deployment, member and key number.
        key_label: Name of the key's variable.
        api_key: The key itself; never shown.
        api_base: Base address of the provider's surface, without a trailing slash.
        facts: What is known about the model.
        reserve_tokens: Most output tokens to ask for at once, None for no cap.
        token_ratio: Calibration of the token estimate for this model.
        serves_web_search: Whether web search tools may be left to the provider.
    """

    member: str
    deployment_id: str
    key_label: str
    api_key: str = field(repr=False)
    api_base: str
    facts: ModelFacts
    reserve_tokens: int | None = None
    token_ratio: float = 1.0
    serves_web_search: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer of a provider, or an error object inside its stream.

    Attributes:
        status: HTTP status, or the one named in the stream; None when none was named.
        headers: Response headers, names in lower case.
        error: What the body says.
        estimated_tokens: Our estimate of the prompt, in tokens.
        reserved_tokens: Output tokens the request asked for.
    """

    status: int | None
    headers: Mapping[str, str]
    error: ErrorBody
    estimated_tokens: int = 0
    reserved_tokens: int = 0


_REPLY_CAUSES: Mapping[str, Cause] = {
    "cut": Cause.RESET,
    "garbled": Cause.STREAM_FAULT,
    "stalled": Cause.TIMEOUT,
    "empty": Cause.EMPTY_REPLY,
    "no_tool_call": Cause.EMPTY_REPLY,
    "bad_tool_call": Cause.EMPTY_REPLY,
    "network": Cause.SERVER_ERROR,
    "context_window": Cause.CONTEXT_OVERFLOW,
    "upstream_error": Cause.SERVER_ERROR,
}

_STATUS_CAUSES: Mapping[int, Cause] = {
    400: Cause.BAD_REQUEST,
    401: Cause.AUTH,
    402: Cause.PAYMENT,
    403: Cause.PERMISSION,
    404: Cause.MODEL_MISSING,
    408: Cause.TIMEOUT,
    413: Cause.BODY_TOO_LARGE,
    422: Cause.BAD_REQUEST,
    429: Cause.REQUEST_QUOTA,
    503: Cause.OVERLOADED,
    529: Cause.OVERLOADED,
}


class Dialect(ABC):
    """One provider's way of speaking. Holds no state: one object serves all requests."""

    @abstractmethod
    def request(self, body: Mapping[str, Any], target: Target) -> ChatRequest:
        """Return the provider's request for a client's Messages body, and what its answer needs."""

    @abstractmethod
    def url(self, target: Target) -> str:
        """Return the address to post to."""

    @abstractmethod
    def headers(self, target: Target) -> dict[str, str]:
        """Return the request headers, the key among them."""

    @abstractmethod
    def message(self, answer: Mapping[str, Any], context: ReplyContext) -> dict[str, Any]:
        """Return the Anthropic message for a whole answer.

        Raises:
            ReplyFault: The answer cannot be passed on.
        """

    @abstractmethod
    def stream(self, context: ReplyContext) -> ReplyStream:
        """Return a new translator for one streamed answer."""

    @abstractmethod
    def cause(self, refusal: Refusal) -> Cause | None:
        """Name the cause of a refusal from the provider's own codes and wording; None when they say nothing."""

    def quota(self, headers: Mapping[str, str]) -> Sequence[Observation]:  # noqa: ARG002  for dialects that have some
        """Return what response headers state about the key's limits.

        Args:
            headers: Response headers, names in lower case.
        """
        return ()

    def fault(self, refusal: Refusal, target: Target) -> Fault:
        """Explain a refusal."""
        cause = self.cause(refusal) or cause_of_status(refusal)
        detail = refusal.error.message or f"HTTP {refusal.status or 'error'} without a message"
        if cause in (Cause.CONTEXT_OVERFLOW, Cause.BODY_TOO_LARGE):
            detail = overflow_wording(*self.overflow(refusal, target))
        return Fault(
            cause=cause,
            provider=target.facts.provider,
            model=target.facts.model,
            key_label=target.key_label,
            detail=detail,
            status=refusal.status,
            retry_after_s=retry_after_s(refusal.headers),
        )

    def overflow(self, refusal: Refusal, target: Target) -> tuple[int, int]:
        """Return how many tokens the prompt has and how many fit, from the wording or else our estimate."""
        return refusal.estimated_tokens, target.facts.context_tokens

    def reply_fault(self, fault: ReplyFault, target: Target, context: ReplyContext) -> Fault:
        """Explain a fault found while an answer was translated."""
        refusal = Refusal(
            status=fault.status,
            headers={},
            error=read_error_object(fault.body) if fault.body else ErrorBody(clean(fault.message)),
            estimated_tokens=context.estimated_input_tokens,
        )
        if fault.kind == "upstream_error" and fault.body is not None:
            return self.fault(refusal, target)
        cause = _REPLY_CAUSES[fault.kind]
        detail = refusal.error.message
        if cause is Cause.CONTEXT_OVERFLOW:
            detail = overflow_wording(*self.overflow(refusal, target))
        elif cause is Cause.EMPTY_REPLY and not fault.retry:
            cause = Cause.STREAM_FAULT
        return Fault(
            cause=cause,
            provider=target.facts.provider,
            model=target.facts.model,
            key_label=target.key_label,
            detail=detail,
        )


def read_refusal(
    status: int, headers: Mapping[str, str], body: bytes, context: ReplyContext, reserved: int
) -> Refusal:
    """Return an error answer as the dialects read it.

    Args:
        status: HTTP status, 400 or above.
        headers: Response headers, names in lower case.
        body: The whole body.
        context: For the estimate of the prompt.
        reserved: Output tokens the request asked for.
    """
    return Refusal(
        status=status,
        headers=headers,
        error=read_error_body(body),
        estimated_tokens=context.estimated_input_tokens,
        reserved_tokens=reserved,
    )


def cause_of_status(refusal: Refusal) -> Cause:
    """Name the cause when only the HTTP status tells it."""
    status = refusal.status or 500
    if refusal.error.is_html and status not in (401, 402, 403, 413, 429):
        return Cause.EDGE_ERROR
    return _STATUS_CAUSES.get(status, Cause.SERVER_ERROR if status >= 500 else Cause.BAD_REQUEST)


def overflow_wording(tokens: int, limit: int) -> str:
    """Return the wording that makes Claude Code compact the conversation (client 2.1.329, measured 2026-11-20).

    Args:
        tokens: Tokens of the prompt; our estimate may be below the limit that the provider says was exceeded, so
            at least one more than the limit is named.
        limit: Tokens that fit.
    """
    return f"prompt is too long: {max(tokens, limit + 1)} tokens > {limit} maximum"
