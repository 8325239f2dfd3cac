"""Cerebras: chat completions that refuse unknown properties, flat error bodies, token buckets.

Sources: vendor documentation and SDK types, and threads quoted in `docs/providers.md`, read by 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from callbacks.dialects.base import Dialect, Refusal, Target
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.cerebras_limits import limits_in, reset_of
from callbacks.dialects.chat_rules import thinking_rules
from callbacks.dialects.error_body import stated_lengths
from callbacks.quota.key_quota import Observation
from callbacks.translate.context import ReplyContext
from callbacks.translate.reply_stream import ReplyStream
from callbacks.translate.request import ChatRequest, to_chat_completion
from callbacks.translate.response import to_message
from callbacks.translate.rules import COMMON_MESSAGE_KEYS, ChatRules
from callbacks.translate.stream import ChatStream

DEFAULT_RESERVE_TOKENS = 16_384
"""What Cerebras staff told clients to send; more only reserves quota (cline/cline#7881, 2025-12-04)."""

_PROPERTIES = frozenset(
    {
        "model", "messages", "max_completion_tokens", "temperature", "top_p", "stop", "stream", "tools", "tool_choice",
        "parallel_tool_calls", "response_format", "reasoning_effort", "clear_thinking",
    }
)  # fmt: skip
_CODES: Mapping[str, Cause] = {
    "wrong_api_key": Cause.AUTH,
    "payment_required": Cause.PAYMENT,
    "model_not_found": Cause.MODEL_MISSING,
    "request_quota_exceeded": Cause.REQUEST_QUOTA,
    "token_quota_exceeded": Cause.TOKEN_QUOTA,
    "queue_exceeded": Cause.QUEUE_FULL,
    "context_length_exceeded": Cause.CONTEXT_OVERFLOW,
    "wrong_api_format": Cause.BAD_REQUEST,
}
_QUOTA_CODES = frozenset(("token_quota_exceeded", "request_quota_exceeded"))
_TOKEN_LIMIT = "x-ratelimit-limit-tokens-minute"  # noqa: S105  a header name
_TOKENS_LEFT = "x-ratelimit-remaining-tokens-minute"


class Cerebras(Dialect):
    """Cerebras inference, `https://api.cerebras.ai/v1`."""

    @override
    def request(self, body: Mapping[str, Any], target: Target) -> ChatRequest:
        """Translate to chat completions with only the properties Cerebras knows."""
        return to_chat_completion(body, rules_for(target), token_ratio=target.token_ratio)

    @override
    def url(self, target: Target) -> str:
        """Return the chat completions address."""
        return f"{target.api_base}/chat/completions"

    @override
    def headers(self, target: Target) -> dict[str, str]:
        """Return the bearer key and our name, which Cerebras asks integrations to send."""
        return {
            "authorization": f"Bearer {target.api_key}",
            "x-cerebras-3rd-party-integration": "ccglm",
        }

    @override
    def message(self, answer: Mapping[str, Any], context: ReplyContext) -> dict[str, Any]:
        """Translate a whole completion."""
        return to_message(answer, context)

    @override
    def stream(self, context: ReplyContext) -> ReplyStream:
        """Return a translator of completion chunks."""
        return ChatStream(context)

    @override
    def cause(self, refusal: Refusal) -> Cause | None:
        """Read Cerebras' `code`, else its overflow wording."""
        cause = _CODES.get(refusal.error.code)
        if cause is Cause.TOKEN_QUOTA and _never_fits(refusal):
            return Cause.OVERSIZE_REQUEST
        if stated_lengths(refusal.error.message):
            return Cause.CONTEXT_OVERFLOW
        return cause

    @override
    def quota(self, headers: Mapping[str, str]) -> Sequence[Observation]:
        """Read the limits in the headers; all may be missing."""
        return limits_in(headers)

    @override
    def fault(self, refusal: Refusal, target: Target) -> Fault:
        """Explain a refusal; without `retry-after`, the reset header of the limit it names tells the wait."""
        reset = reset_of(refusal.error.message, refusal.headers)
        if reset is not None and refusal.error.code in _QUOTA_CODES:
            headers = {"retry-after": reset, **refusal.headers}
            refusal = Refusal(
                refusal.status, headers, refusal.error, refusal.estimated_tokens, refusal.reserved_tokens
            )  # fmt: skip
        return super().fault(refusal, target)

    @override
    def overflow(self, refusal: Refusal, target: Target) -> tuple[int, int]:
        """Return the lengths Cerebras names, else our own."""
        return stated_lengths(refusal.error.message) or super().overflow(refusal, target)


def rules_for(target: Target) -> ChatRules:
    """Return what Cerebras accepts for one model."""
    facts = target.facts
    keys = dict(COMMON_MESSAGE_KEYS)
    history = "reasoning" if facts.reasoning_history == "reasoning" else ""
    if history:
        keys["assistant"] = keys["assistant"] | {history}
    return ChatRules(
        model=facts.model,
        properties=_PROPERTIES,
        message_keys=keys,
        max_tokens_key="max_completion_tokens",
        max_output_tokens=facts.max_output_tokens,
        reserve_tokens=target.reserve_tokens or DEFAULT_RESERVE_TOKENS,
        reasoning_history=history,
        reads_images=facts.reads_images,
        format_with_tools=False,
        extra_body={"clear_thinking": False} if facts.clear_thinking else {},
        **thinking_rules(facts),
    )


def _never_fits(refusal: Refusal) -> bool:
    """Tell whether the request is larger than the whole token bucket, so that no wait would help.

    True when the bucket was (nearly) full and refused anyway, or when prompt and reservation exceed it.
    """
    try:
        limit = float(refusal.headers[_TOKEN_LIMIT])
        left = float(refusal.headers.get(_TOKENS_LEFT, "0"))
    except (KeyError, ValueError):
        return False
    needed = refusal.estimated_tokens + refusal.reserved_tokens
    return limit > 0 and (needed > limit or left >= 0.99 * limit)
