"""How an answer ended and what it cost, in Anthropic's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.context import ReplyContext
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import as_count, as_object, as_text
from callbacks.translate.reply_stream import Sent, Usage
from callbacks.translate.tokens import tokens_of_length

# OpenAI-style finish reasons, and those of providers that add their own (Z.ai's documentation, 2026-09).
_STOP_REASONS = {
    "stop": "end_turn",
    "eos": "end_turn",
    "end_turn": "end_turn",
    "stop_sequence": "end_turn",
    "length": "max_tokens",
    "max_tokens": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "tool_use": "tool_use",
    "content_filter": "refusal",
    "sensitive": "refusal",
    "refusal": "refusal",
    "pause_turn": "pause_turn",
    "model_context_window_exceeded": "model_context_window_exceeded",
}
# Statuses that the same request will meet again.
_HOPELESS_STATUSES = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422})
_MAX_MESSAGE_CHARS = 500


def stop_reason_of(finish_reason: str, *, calls: bool, sent: Sent) -> str:
    """Return the Anthropic stop reason for a provider's finish reason.

    Args:
        finish_reason: What the provider said.
        calls: Whether the answer holds a tool call.
        sent: Whether the answer holds text (`content`), only thinking, or nothing; tool calls aside.

    Raises:
        ReplyFault: The answer broke off at the provider, or what it holds is not what it says.
    """
    if finish_reason == "network_error":
        raise ReplyFault("network", "the provider lost its connection to the model", retry=True)
    stop = _STOP_REASONS.get(finish_reason)
    if stop is None:
        raise ReplyFault(
            "cut", f"the provider broke off the answer ({finish_reason[:40]})", retry=True
        )
    if calls:
        return "tool_use" if stop == "end_turn" else stop
    if stop == "tool_use":
        raise ReplyFault(
            "no_tool_call", "the model announced a tool call and made none", retry=True
        )
    if sent == "content":
        return stop
    if stop == "end_turn":
        what = "only thinking" if sent == "thinking" else "nothing"
        raise ReplyFault("empty", f"the model answered with {what}", retry=True)
    if stop == "model_context_window_exceeded":
        raise ReplyFault("context_window", "prompt is too long for the model", retry=False)
    return stop


def usage_of(reported: Mapping[str, Any], context: ReplyContext, text_length: int) -> Usage:
    """Return the token counts of a chat completion's `usage`, estimated where it does not tell.

    Reads `prompt_tokens`, `completion_tokens`, `prompt_tokens_details.cached_tokens` and
    `completion_tokens_details.reasoning_tokens`. Cached tokens are part of the prompt tokens there.

    Args:
        reported: The provider's usage object, possibly empty.
        context: For the estimate of the prompt.
        text_length: Characters of the answer, for the estimate of its tokens.
    """
    prompt = as_count(reported.get("prompt_tokens"))
    output = as_count(reported.get("completion_tokens"))
    cached = as_count(as_object(reported.get("prompt_tokens_details")).get("cached_tokens"))
    reasoning = as_object(reported.get("completion_tokens_details")).get("reasoning_tokens")
    cached = min(cached, prompt)
    return Usage(
        input_tokens=prompt - cached if prompt else context.estimated_input_tokens,
        cached_tokens=cached,
        output_tokens=output or tokens_of_length(text_length),
        reasoning_tokens=as_count(reasoning),
        estimated=not prompt,
    )


def messages_usage_of(
    reported: Mapping[str, Any], context: ReplyContext, text_length: int
) -> Usage:
    """Return the token counts of an Anthropic `usage` object, estimated where all is zero.

    Tokens written to a cache are prompt tokens like others here.
    """
    cached = as_count(reported.get("cache_read_input_tokens"))
    fresh = as_count(reported.get("input_tokens"))
    fresh += as_count(reported.get("cache_creation_input_tokens"))
    known = fresh + cached > 0
    return Usage(
        input_tokens=fresh if known else context.estimated_input_tokens,
        cached_tokens=cached,
        output_tokens=as_count(reported.get("output_tokens")) or tokens_of_length(text_length),
        estimated=not known,
    )


def upstream_error(payload: Mapping[str, Any]) -> ReplyFault | None:
    """Return the fault for an error object that came where a piece of the answer was due, else None.

    Knows `{"error": {...}}`, `{"error": "text"}`, Anthropic's `{"type": "error", ...}`, and flat bodies
    (`message` with `code` or `type`), each with an optional `status_code` beside it.
    """
    error = payload.get("error")
    if error:
        said = as_text(error) or as_text(as_object(error).get("message"))
    elif "choices" not in payload and ("code" in payload or payload.get("type") == "error"):
        error = payload
        said = as_text(payload.get("message"))
    else:
        return None
    status = as_count(payload.get("status_code")) or as_count(as_object(error).get("status_code"))
    message = "the provider reported an error"
    return ReplyFault(
        "upstream_error",
        f"{message}: {said[:_MAX_MESSAGE_CHARS]}" if said else message,
        retry=status not in _HOPELESS_STATUSES,
        status=status or None,
        body=payload,
    )
